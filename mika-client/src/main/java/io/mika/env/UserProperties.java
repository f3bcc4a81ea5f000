package io.mika.env;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The Kafka properties that a user set on the builder. Internal: for the builder; no API. <i>Immutable.</i>
 *
 * @param any by {@code property}: for every Kafka client that knows the name
 * @param consumer by {@code consumerProperty}: for consumers; wins over {@code any}
 * @param producer by {@code producerProperty}: for producers; wins over {@code any}
 */
public record UserProperties(Map<String, Object> any, Map<String, Object> consumer, Map<String, Object> producer) {
    private static final UserProperties NONE = new UserProperties(Map.of(), Map.of(), Map.of());

    /**
     * Copies the maps; their order is kept, for problems are reported in it.
     *
     * @param any by {@code property}
     * @param consumer by {@code consumerProperty}
     * @param producer by {@code producerProperty}
     */
    public UserProperties {
        any = Collections.unmodifiableMap(new LinkedHashMap<>(any));
        consumer = Collections.unmodifiableMap(new LinkedHashMap<>(consumer));
        producer = Collections.unmodifiableMap(new LinkedHashMap<>(producer));
    }

    /**
     * The user set none.
     *
     * @return empty maps
     */
    public static UserProperties none() {
        return NONE;
    }

    /** Names only, for a value may be a secret. */
    @Override
    public String toString() {
        return "any=" + any.keySet() + "; consumer=" + consumer.keySet() + "; producer=" + producer.keySet();
    }
}
