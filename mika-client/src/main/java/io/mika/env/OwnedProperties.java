package io.mika.env;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The Kafka properties that are the client's own: with another value it could not keep its promises. Each is refused
 * with the reason and with what to use instead. Internal: for the builder; no API.
 */
public final class OwnedProperties {
    private static final String TYPED = "records are handed on byte for byte; use Handlers.typed(...) to decode";
    private static final String BYTES =
            "records are written byte for byte; use a serializer of your own before publish(...)";

    /** In the order of the documentation. */
    private static final Map<String, String> REASONS = ordered(
            entry(
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    "offsets are committed when their records are settled; use ack() and fail()"),
            entry(
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "no record is to be skipped unseen, so the client finds each start itself; use startFrom(...) or"
                            + " KAFKA_CONSUMER_START_FROM"),
            entry(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, TYPED),
            entry(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, TYPED),
            entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, BYTES),
            entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, BYTES),
            entry(ConsumerConfig.GROUP_ID_CONFIG, "the group is also in the headers of failed records; use group(...)"),
            entry(
                    ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                    "other properties depend on it; use groupProtocol(...) or KAFKA_GROUP_PROTOCOL"),
            entry(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    "all members of a group must share it, so it is cooperative-sticky, as the Go client's; use"
                            + " groupProtocol(GroupProtocol.CONSUMER) to let the brokers assign"),
            entry(
                    ProducerConfig.ACKS_CONFIG,
                    "a failed record is settled by its copy, so that must be on all in-sync replicas (all); to wait"
                            + " for less, use a producer of your own, see KafkaSettings"),
            entry(
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    "it is on, so that resending writes no record twice; use a producer of your own, see KafkaSettings"),
            entry(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    "the client's writes are no transactions; use a producer of your own, see KafkaSettings"));

    private OwnedProperties() {}

    /**
     * The names, in the order of the documentation.
     *
     * @return immutable
     */
    public static Set<String> names() {
        return REASONS.keySet();
    }

    /**
     * Finds the properties that a user must not set.
     *
     * @param user what the user set
     * @return a problem for each of them; empty when all is well
     */
    public static List<String> problems(UserProperties user) {
        List<String> problems = new ArrayList<>();
        addProblems("property", user.any(), problems);
        addProblems("consumerProperty", user.consumer(), problems);
        addProblems("producerProperty", user.producer(), problems);
        return List.copyOf(problems);
    }

    private static void addProblems(String setter, Map<String, Object> properties, List<String> problems) {
        for (String name : properties.keySet()) {
            String reason = REASONS.get(name);
            if (reason != null) {
                problems.add(setter + "(\"" + name + "\"): the client's own, for " + reason);
            }
        }
    }

    @SafeVarargs
    private static Map<String, String> ordered(Map.Entry<String, String>... entries) {
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : entries) {
            map.put(each.getKey(), each.getValue());
        }
        return Collections.unmodifiableMap(map);
    }
}
