package io.mika.test.fake;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The settings that the fake's producer heeds; times in nanoseconds, Kafka's defaults. */
record ProducerSettings(long maxBlock, long deliveryTimeout, long maxRequestSize) {

    static ProducerSettings of(Map<String, ?> properties) {
        return new ProducerSettings(
                number(properties, ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000) * 1_000_000,
                number(properties, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000) * 1_000_000,
                number(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1_048_576));
    }

    private static long number(Map<String, ?> properties, String key, long absent) {
        Object value = properties.get(key);
        return value == null ? absent : Long.parseLong(value.toString());
    }
}
