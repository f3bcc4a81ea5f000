package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Batch;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Orders are stored many at a time; one that cannot be is put aside by itself. */
public final class BatchExample {
    private BatchExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:client]
        KafkaClient client = KafkaClient.builder()
                .group("warehouse")
                .dlqTopic("warehouse-dlq")
                .startFrom(StartPosition.earliest())
                .batchConsumer(
                        "orders",
                        options -> options.batch(500, Duration.ofSeconds(1)).useDlq(),
                        BatchExample::store)
                .closeOnShutdown()
                .build();
        // [end:client]
        client.start();
        client.awaitClosed();
    }

    // [start:handler]
    private static void store(Batch batch) {
        List<String> orders =
                batch.deliveries().stream().map(BatchExample::text).toList();
        System.out.println("stored at once: " + orders);
        for (Delivery delivery : batch) {
            if (text(delivery).equals("plums")) {
                var unused = delivery.fail("nobody sells plums");
            }
        }
        batch.ackAll(); // those that are still open
    }
    // [end:handler]

    private static String text(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
    }
}
