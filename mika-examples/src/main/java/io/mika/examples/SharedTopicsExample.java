package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.Handlers;
import io.mika.consumer.RetryableException;
import io.mika.env.StartPosition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Two groups with one retry topic: each is given again what it failed itself. */
public final class SharedTopicsExample {
    private SharedTopicsExample() {}

    public static void main(String[] args) throws InterruptedException {
        KafkaClient billing = client("billing", "apples");
        KafkaClient shipping = client("shipping", "pears");
        billing.start();
        shipping.start();
        billing.awaitClosed();
        shipping.awaitClosed();
    }

    // [start:client]
    private static KafkaClient client(String group, String trouble) {
        return KafkaClient.builder()
                .group(group)
                .retryTopic("failed-retry")
                .dlqTopic("failed-dlq")
                .startFrom(StartPosition.earliest())
                .consumer("orders", options -> options.retries(1).useDlq(), handler(group, trouble))
                .closeOnShutdown()
                .build();
    }
    // [end:client]

    private static DeliveryHandler handler(String group, String trouble) {
        return Handlers.typed(new StringDeserializer(), (delivery, order) -> {
            System.out.println(group + ", attempt " + delivery.attempt() + ": " + order);
            if (trouble.equals(order) && delivery.attempt() == 1) {
                throw new RetryableException("out of " + order);
            }
            delivery.ack();
        });
    }
}
