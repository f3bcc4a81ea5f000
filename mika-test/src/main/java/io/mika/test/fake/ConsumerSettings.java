package io.mika.test.fake;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.jspecify.annotations.Nullable;

/** The settings that the fake's consumer heeds; Kafka's defaults, but for {@code auto.offset.reset}: none. */
record ConsumerSettings(
        @Nullable String group,
        Coordinator.Protocol protocol,
        String reset,
        int maxPollRecords,
        long maxPollInterval,
        long sessionTimeout,
        long requestTimeout,
        Duration apiTimeout) {

    static ConsumerSettings of(@Nullable String group, Map<String, ?> properties) {
        return new ConsumerSettings(
                group,
                protocol(properties),
                text(properties, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
                (int) number(properties, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500),
                number(properties, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000) * 1_000_000,
                number(properties, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 45_000) * 1_000_000,
                number(properties, ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 30_000) * 1_000_000,
                Duration.ofMillis(number(properties, ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 60_000)));
    }

    private static Coordinator.Protocol protocol(Map<String, ?> properties) {
        if (text(properties, ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic").equalsIgnoreCase("consumer")) {
            return Coordinator.Protocol.CONSUMER;
        }
        Object assignors = properties.get(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
        List<?> names = assignors == null
                ? List.of(CooperativeStickyAssignor.class)
                : assignors instanceof List<?> list ? list : List.of(assignors);
        boolean cooperative = names.stream()
                .map(name -> name instanceof Class<?> type ? type.getName() : name.toString())
                .allMatch(CooperativeStickyAssignor.class.getName()::equals);
        return cooperative ? Coordinator.Protocol.COOPERATIVE : Coordinator.Protocol.EAGER;
    }

    private static String text(Map<String, ?> properties, String key, String absent) {
        Object value = properties.get(key);
        return value == null ? absent : value.toString();
    }

    private static long number(Map<String, ?> properties, String key, long absent) {
        Object value = properties.get(key);
        return value == null ? absent : Long.parseLong(value.toString());
    }
}
