package io.mika.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.mika.KafkaClient;
import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import java.io.IOException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Changes that must be applied in their order: a partition waits until what stops it is mended. */
public final class InPlaceRetriesExample {
    private InPlaceRetriesExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:client]
        KafkaClient client = KafkaClient.builder()
                .group("replica")
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.inPlaceRetries(
                                        Integer.MAX_VALUE, Backoff.exponential(ofMillis(100), ofSeconds(30)))
                                .retryOn(IOException.class),
                        Handlers.typed(new StringDeserializer(), InPlaceRetriesExample::apply))
                .closeOnShutdown()
                .build();
        // [end:client]
        client.start();
        client.awaitClosed();
    }

    private static void apply(Delivery delivery, @Nullable String order) throws IOException {
        System.out.println("attempt " + delivery.attempt() + ": " + order);
        if ("pears".equals(order) && delivery.attempt() < 3) {
            throw new IOException("the database is being restarted");
        }
        delivery.ack();
    }
}
