package io.mika.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What the demo publishes. The id says to which topic a record belongs. Immutable. */
record Order(long id) {
    static final List<String> TOPICS = List.of("orders", "payments", "shipments");

    private static final int CUSTOMERS = 10_007;

    /** The number in {@link #TOPICS} of the topic of an id. */
    static int topicOf(long id) {
        return (int) (id % TOPICS.size());
    }

    /** Reads back the id from a record's value; {@code IllegalArgumentException} when it is none of the demo's. */
    static Order read(byte @Nullable [] value) {
        if (value == null) {
            throw new IllegalArgumentException("A record without a value is not an order of the demo");
        }
        long id = 0;
        for (int i = 0; i < value.length; i++) {
            byte digit = value[i];
            if (digit == ' ' && i > 0) {
                return new Order(id);
            }
            if (digit < '0' || digit > '9') {
                break;
            }
            id = id * 10 + digit - '0';
        }
        throw new IllegalArgumentException("\"" + new String(value, UTF_8) + "\" is not an order of the demo");
    }

    ProducerRecord<byte[], byte[]> toRecord() {
        String customer = "customer-" + id % CUSTOMERS;
        String value = id + " " + customer + " pays " + (id * 31 % 100_000) + " cents";
        return new ProducerRecord<>(TOPICS.get(topicOf(id)), customer.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
