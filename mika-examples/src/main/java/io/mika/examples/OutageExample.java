package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.consumer.OutageBreaker;
import io.mika.env.StartPosition;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** The bank is down: what fails from then on stays where it is, in its order, until a probe gets through. */
public final class OutageExample {
    private OutageExample() {}

    public static void main(String[] args) throws InterruptedException {
        // [start:client]
        KafkaClient client = KafkaClient.builder()
                .group("billing")
                .dlqTopic("billing-dlq")
                .outageBreaker(OutageBreaker.create()
                        .noAckFor(Duration.ZERO) // half a minute and 50 failures would be too long for an example
                        .failures(2)
                        .probeEvery(Duration.ofMillis(300)))
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.useDlq(),
                        Handlers.typed(new StringDeserializer(), OutageExample::bill))
                .closeOnShutdown()
                .build();
        // [end:client]
        client.start();
        client.awaitClosed();
    }

    private static void bill(Delivery delivery, @Nullable String order) throws IOException {
        System.out.println("attempt " + delivery.attempt() + ": " + order);
        if ("apples".equals(order) || ("pears".equals(order) && delivery.attempt() < 3)) {
            throw new IOException("the bank does not answer");
        }
        delivery.ack();
    }
}
