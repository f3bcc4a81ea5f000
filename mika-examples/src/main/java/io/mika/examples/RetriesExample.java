package io.mika.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;

import io.mika.KafkaClient;
import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.FailedRecord;
import java.io.IOException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** What may go away by itself is tried again after a while; what cannot, and what fails too often, is put aside. */
public final class RetriesExample {
    private RetriesExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:client]
        KafkaClient client = KafkaClient.builder()
                .group("billing")
                .retryTopic("billing-retry")
                .dlqTopic("billing-dlq")
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.retries(2, Backoff.exponential(ofMillis(200), ofMinutes(5)))
                                .retryOn(IOException.class)
                                .useDlq(),
                        Handlers.typed(new StringDeserializer(), RetriesExample::bill))
                .listener(new ClientListener() {
                    @Override
                    public void onDeadLettered(FailedRecord record) {
                        System.out.println("put aside after attempt " + record.attempt() + ": " + record.reason());
                    }
                })
                .closeOnShutdown()
                .build();
        // [end:client]
        client.start();
        client.awaitClosed();
    }

    // [start:handler]
    private static void bill(Delivery delivery, @Nullable String order) throws IOException {
        System.out.println("attempt " + delivery.attempt() + ": " + order);
        charge(order); // what it throws fails the record
        delivery.ack();
    }
    // [end:handler]

    private static void charge(@Nullable String order) throws IOException {
        if ("pears".equals(order)) {
            throw new IOException("the bank does not answer");
        }
        if ("plums".equals(order)) {
            throw new IllegalArgumentException("nobody sells plums");
        }
    }
}
