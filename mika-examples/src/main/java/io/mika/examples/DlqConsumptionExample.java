package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.FailedRecord;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** The handler has a bug, so all ends in the dead letter queue; once it is mended, the queue is consumed. */
public final class DlqConsumptionExample {
    private static final CountDownLatch PUT_ASIDE = new CountDownLatch(3);
    private static final CountDownLatch THROUGH = new CountDownLatch(1);

    private static volatile boolean mended;

    private DlqConsumptionExample() {}

    public static void main(String[] args) throws InterruptedException {
        try (KafkaClient client = client()) {
            client.start();
            PUT_ASIDE.await();
            mended = true;
            // [start:pass]
            client.enableDlqConsumption().join();
            THROUGH.await(); // counted down by onDlqPassCompleted()
            client.disableDlqConsumption().join();
            // [end:pass]
            System.out.println("through");
        }
    }

    private static KafkaClient client() {
        return KafkaClient.builder()
                .group("billing")
                .dlqTopic("billing-dlq")
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.useDlq(),
                        Handlers.typed(new StringDeserializer(), DlqConsumptionExample::bill))
                .listener(new ClientListener() {
                    @Override
                    public void onDeadLettered(FailedRecord record) {
                        PUT_ASIDE.countDown();
                    }

                    @Override
                    public void onDlqPassCompleted() {
                        THROUGH.countDown();
                    }
                })
                .build();
    }

    private static void bill(Delivery delivery, @Nullable String order) {
        System.out.println("attempt " + delivery.attempt() + ", from the " + delivery.source() + ": " + order);
        if (!mended) {
            throw new IllegalStateException("there is no tax rate for " + order);
        }
        delivery.ack();
    }
}
