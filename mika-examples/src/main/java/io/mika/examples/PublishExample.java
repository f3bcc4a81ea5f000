package io.mika.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mika.KafkaClient;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

public final class PublishExample {
    private PublishExample() {}

    public static void main(String[] args) {
        try (KafkaClient client = KafkaClient.builder().build()) {
            client.start();
            for (String order : List.of("apples", "pears", "plums")) {
                var record = new ProducerRecord<byte[], byte[]>("orders", order.getBytes(UTF_8));
                long offset = client.publish(record).join().offset();
                System.out.println("published " + order + " at offset " + offset);
            }
        }
    }
}
