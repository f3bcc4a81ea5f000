package io.mika.env;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The final properties of each Kafka client that the MiKa client makes. What is owned comes first, then {@code
 * consumerProperty} or {@code producerProperty}, then {@code property}, then the settings, then our defaults. Internal:
 * for the client; no API.
 *
 * <p><i>Immutable.</i> Each method returns a new map. Groups are given without the global suffix, which is appended.
 */
public final class ClientProperties {
    private static final int MAX_POLL_RECORDS = 5_000;
    private static final int READER_POLL_RECORDS = 500;
    private static final int API_TIMEOUT = 15_000;
    private static final int LINGER = 5;
    private static final long MAX_BLOCK = 5_000;
    /**
     * As large as pays, and below 512 KiB: in a heap of up to 2 GiB the default collector has regions of 1 MiB, and takes
     * a buffer of half of one for a humongous object, which has a whole region to itself and brings collections forward.
     */
    private static final int FAILURE_BATCH_SIZE = 480 * 1024;

    private static final int FAILURE_MAX_REQUEST_SIZE = 64 * 1024 * 1024;
    private static final int FAILURE_REQUEST_TIMEOUT = 15_000;
    private static final int FAILURE_DELIVERY_TIMEOUT = 30_000;
    private static final long FAILURE_BUFFER_MEMORY = 160L * 1024 * 1024;

    private static final ConfigDef PRODUCER = ProducerConfig.configDef();

    /** What only a member of a group may have. */
    private static final Set<String> MEMBERS_ONLY =
            Set.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private final KafkaSettings settings;
    private final UserProperties user;

    /**
     * Takes what {@link PropertyChecks} has found to be right.
     *
     * @param settings how to reach the brokers
     * @param user what the user set beside
     */
    public ClientProperties(KafkaSettings settings, UserProperties user) {
        this.settings = settings;
        this.user = user;
    }

    /**
     * For the consumer that is a member of the group.
     *
     * @param group the group without the global suffix
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> groupConsumer(String group, String clientId) {
        Map<String, Object> properties = consumer(clientId);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.suffixed(group));
        properties.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG, settings.groupProtocol().kafkaName());
        if (settings.groupProtocol() == GroupProtocol.CLASSIC) {
            properties.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        }
        return properties;
    }

    /**
     * For a consumer without a group, which is told its partitions.
     *
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> assignedConsumer(String clientId) {
        Map<String, Object> properties = consumer(clientId);
        properties.keySet().removeAll(MEMBERS_ONLY);
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.kafkaName());
        return properties;
    }

    /**
     * For a consumer that reads again what was read before, or what was dead-lettered: it takes little at a time, and
     * creates no topic by asking for it.
     *
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> reader(String clientId) {
        Map<String, Object> properties = assignedConsumer(clientId);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, READER_POLL_RECORDS);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /**
     * For the producer behind {@code publish}.
     *
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> publishProducer(String clientId) {
        return producer(clientId);
    }

    /**
     * For the producer that writes to the retry topic and the dead letter queue. The brokers, not the producer, are to
     * judge what is too large, so a user can raise its limits but not lower them; how long {@code send} may block is
     * bounded the other way round.
     *
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> failureProducer(String clientId) {
        Map<String, Object> properties = producer(clientId);
        if (!isUsers(ProducerConfig.BATCH_SIZE_CONFIG)) {
            properties.put(ProducerConfig.BATCH_SIZE_CONFIG, FAILURE_BATCH_SIZE);
        }
        if (!isUsers(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG) && !isUsers(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
            // What it gives up on is sent again: it is to be heard of soon that something is wrong
            properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, FAILURE_REQUEST_TIMEOUT);
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, FAILURE_DELIVERY_TIMEOUT);
        }
        bound(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, size -> Math.max(size, FAILURE_MAX_REQUEST_SIZE));
        bound(properties, ProducerConfig.BUFFER_MEMORY_CONFIG, size -> Math.max(size, FAILURE_BUFFER_MEMORY));
        bound(properties, ProducerConfig.MAX_BLOCK_MS_CONFIG, time -> Math.min(time, MAX_BLOCK));
        return properties;
    }

    private boolean isUsers(String name) {
        return user.any().containsKey(name) || user.producer().containsKey(name);
    }

    /**
     * For an {@code Admin}.
     *
     * @param clientId the client's name in logs and metrics, unless the user set one
     * @return the properties
     */
    public Map<String, Object> admin(String clientId) {
        Map<String, Object> properties = connection(clientId);
        addUsers(properties, AdminClientConfig.configNames(), Map.of());
        addTimeouts(properties);
        return properties;
    }

    private Map<String, Object> consumer(String clientId) {
        Map<String, Object> properties = connection(clientId);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        addUsers(properties, ConsumerConfig.configNames(), user.consumer());
        addTimeouts(properties);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        return properties;
    }

    private Map<String, Object> producer(String clientId) {
        Map<String, Object> properties = connection(clientId);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK);
        addUsers(properties, ProducerConfig.configNames(), user.producer());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return properties;
    }

    private Map<String, Object> connection(String clientId) {
        Map<String, Object> properties = settings.adminProperties();
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return properties;
    }

    /** Passes on what this kind of client knows, and what none knows, which may be an interceptor's. */
    private void addUsers(Map<String, Object> properties, Set<String> known, Map<String, Object> ofThisKind) {
        user.any().forEach((name, value) -> {
            if (known.contains(name) || !isKafkas(name)) {
                properties.put(name, value);
            }
        });
        properties.putAll(ofThisKind);
        Set<String> set = new HashSet<>(user.any().keySet());
        set.addAll(ofThisKind.keySet());
        if (set.contains(SaslConfigs.SASL_MECHANISM) && !set.contains(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)) {
            // Else Kafka would leave the mechanism aside without a word.
            Sasl.addProtocol(properties, settings.tls().isPresent(), true);
        }
    }

    private static boolean isKafkas(String name) {
        return ConsumerConfig.configNames().contains(name)
                || ProducerConfig.configNames().contains(name)
                || AdminClientConfig.configNames().contains(name);
    }

    /** Calls end soon enough for a loop that must go on; a request's time-out must not exceed its call's. */
    private static void addTimeouts(Map<String, Object> properties) {
        int request = milliseconds(properties, CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG);
        properties.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.max(request, API_TIMEOUT));
        int call = milliseconds(properties, CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
        properties.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, request);
        if (request > call) {
            properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, call);
        }
    }

    /** What is set, or our default, also in place of a reference that only Kafka can resolve. */
    private static int milliseconds(Map<String, Object> properties, String name) {
        Object value = properties.getOrDefault(name, API_TIMEOUT);
        try {
            return (int) ConfigDef.parseType(name, value, ConfigDef.Type.INT);
        } catch (org.apache.kafka.common.config.ConfigException reference) {
            return API_TIMEOUT;
        }
    }

    private static void bound(Map<String, Object> properties, String name, LongUnaryOperator bound) {
        ConfigKey key = requireNonNull(PRODUCER.configKeys().get(name), name);
        Object value = properties.getOrDefault(name, key.defaultValue);
        try {
            long number = ((Number) ConfigDef.parseType(name, value, key.type)).longValue();
            properties.put(name, ConfigDef.parseType(name, Long.toString(bound.applyAsLong(number)), key.type));
        } catch (org.apache.kafka.common.config.ConfigException reference) {
            // only Kafka can resolve it: left as the user wrote it
        }
    }
}
