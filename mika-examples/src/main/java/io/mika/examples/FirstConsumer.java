package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import org.apache.kafka.common.serialization.StringDeserializer;

public final class FirstConsumer {
    private FirstConsumer() {}

    public static void main(String[] args) throws InterruptedException {
        KafkaClient client = KafkaClient.builder()
                .group("billing")
                .startFrom(StartPosition.earliest())
                .consumer("orders", Handlers.typed(new StringDeserializer(), (delivery, order) -> {
                    System.out.println(delivery.record().offset() + ": " + order);
                    delivery.ack();
                }))
                .closeOnShutdown()
                .build();
        client.start();
        client.awaitClosed();
    }
}
