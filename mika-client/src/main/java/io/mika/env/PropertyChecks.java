package io.mika.env;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.jspecify.annotations.Nullable;

/**
 * Finds values that Kafka would refuse, while {@code build()} can still report them beside all other problems; Kafka
 * stops at the first, and when the client starts. A name that Kafka does not know may be an interceptor's: no problem.
 * Internal: for the builder; no API.
 */
public final class PropertyChecks {
    private static final ConfigDef CONSUMER = ConsumerConfig.configDef();
    private static final ConfigDef PRODUCER = ProducerConfig.configDef();
    private static final ConfigDef ADMIN = AdminClientConfig.configDef();

    /** With the consumer protocol these are the brokers' to say, and a consumer that has one does not start. */
    private static final Set<String> REFUSED_BY_CONSUMER_PROTOCOL =
            Set.of(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);

    private static final Set<String> REFUSED_BY_CLASSIC_PROTOCOL = Set.of(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private PropertyChecks() {}

    /**
     * Finds all that is wrong with a user's properties, those that are the client's own included.
     *
     * @param user what the user set
     * @param protocol the group's protocol, which some names do not go with
     * @return a sentence for each problem, without the value where that may be secret; empty when all is well
     */
    public static List<String> problems(UserProperties user, GroupProtocol protocol) {
        List<String> problems = new ArrayList<>(OwnedProperties.problems(user));
        addProblems("property", user.any(), protocol, problems, CONSUMER, PRODUCER, ADMIN);
        addProblems("consumerProperty", user.consumer(), protocol, problems, CONSUMER);
        addProblems("producerProperty", user.producer(), protocol, problems, PRODUCER);
        return List.copyOf(problems);
    }

    private static void addProblems(
            String setter,
            Map<String, Object> properties,
            GroupProtocol protocol,
            List<String> problems,
            ConfigDef... kinds) {
        properties.forEach((name, value) -> {
            if (OwnedProperties.names().contains(name)) {
                return; // its value does not matter any more
            }
            Stream.concat(protocolProblem(name, protocol).stream(), valueProblem(name, value, kinds).stream())
                    .forEach(problem -> problems.add(setter + "(\"" + name + "\"): " + problem));
        });
    }

    private static Optional<String> protocolProblem(String name, GroupProtocol protocol) {
        if (protocol == GroupProtocol.CONSUMER && REFUSED_BY_CONSUMER_PROTOCOL.contains(name)) {
            return Optional.of("with the group protocol consumer the brokers say this; set group.consumer." + name
                    + " there, or consumer." + name + " for the group");
        }
        if (protocol == GroupProtocol.CLASSIC && REFUSED_BY_CLASSIC_PROTOCOL.contains(name)) {
            return Optional.of("needs the group protocol consumer; use groupProtocol(GroupProtocol.CONSUMER)");
        }
        return Optional.empty();
    }

    private static Optional<String> valueProblem(String name, Object value, ConfigDef... kinds) {
        if (value instanceof String text && text.contains("${")) {
            return Optional.empty(); // a reference that Kafka's configuration providers resolve
        }
        return Stream.of(kinds)
                .flatMap(kind -> Optional.ofNullable(kind.configKeys().get(name)).stream())
                .flatMap(key -> Optional.ofNullable(refusal(key, value)).stream())
                .findFirst();
    }

    private static @Nullable String refusal(ConfigKey key, Object value) {
        try {
            Object parsed = ConfigDef.parseType(key.name, value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(key.name, parsed);
            }
            return null;
        } catch (org.apache.kafka.common.config.ConfigException refused) {
            return key.type == ConfigDef.Type.PASSWORD
                    ? "Kafka refuses the value, which is not shown, for it is a secret"
                    : String.valueOf(refused.getMessage());
        }
    }
}
