package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.FailedRecord;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** The handler has a bug, so all ends in the dead letter queue; once it is mended, what the bug hit is replayed. */
public final class ReplayExample {
    private static final CountDownLatch PUT_ASIDE = new CountDownLatch(3);
    private static final CountDownLatch BILLED = new CountDownLatch(2);

    private static volatile boolean mended;

    private ReplayExample() {}

    public static void main(String[] args) throws InterruptedException {
        try (KafkaClient client = client()) {
            client.start();
            PUT_ASIDE.await();
            mended = true;
            replay(client);
            BILLED.await();
        }
    }

    private static void replay(KafkaClient client) {
        // [start:replay]
        ReplayRequest.Builder hitByTheBug = ReplayRequest.builder()
                .topic("orders")
                .exception(IllegalStateException.class)
                .reason("tax rate");

        ReplayRequest question = hitByTheBug.dryRun(true).build();
        long records = client.replayDlq(question).completion().join().replayed();
        System.out.println("would replay " + records);

        Replay replay = client.replayDlq(hitByTheBug.dryRun(false).retries(0).build());
        ReplayReport report = replay.completion().join();
        System.out.println("replayed " + report.replayed() + " of " + report.read());
        // [end:replay]
    }

    private static KafkaClient client() {
        return KafkaClient.builder()
                .group("billing")
                .retryTopic("billing-retry")
                .dlqTopic("billing-dlq")
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.useDlq(),
                        Handlers.typed(new StringDeserializer(), ReplayExample::bill))
                .listener(new ClientListener() {
                    @Override
                    public void onDeadLettered(FailedRecord record) {
                        PUT_ASIDE.countDown();
                    }
                })
                .build();
    }

    private static void bill(Delivery delivery, @Nullable String order) {
        if (!mended) {
            throw "plums".equals(order)
                    ? new IllegalArgumentException("nobody sells " + order)
                    : new IllegalStateException("there is no tax rate for " + order);
        }
        delivery.ack();
        System.out.println("billed " + order);
        BILLED.countDown();
    }
}
