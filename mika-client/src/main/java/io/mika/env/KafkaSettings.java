package io.mika.env;

import io.mika.error.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the brokers, read from the environment, for the MiKa client and for those who want a Kafka client of their
 * own beside it. The variables are listed in {@code docs/configuration.md}.
 *
 * <p><i>Immutable.</i> Secrets are in no text that this class makes, and in the maps of properties they are of Kafka's
 * type {@code Password}, which hides itself.
 */
public final class KafkaSettings {
    private final List<String> brokers;
    private final @Nullable Tls tls;
    private final @Nullable TlsMaterial tlsMaterial;
    private final @Nullable Sasl sasl;
    private final @Nullable StartPosition startFrom;
    private final String globalSuffix;
    private final GroupProtocol groupProtocol;

    /** Reads what the overrides leave open; a value that they have is not looked for in the environment. */
    private KafkaSettings(EnvironmentReader env, SettingsOverrides overrides, List<String> problems) {
        List<String> addresses = overrides.brokers();
        brokers = addresses == null
                ? env.brokers()
                : BrokerAddresses.parse("brokers", String.join(",", addresses), problems);
        tls = overrides.tls() == null ? env.tls().orElse(null) : overrides.tls();
        TlsMaterial.Labels labels =
                overrides.tls() == null ? TlsMaterial.Labels.ENVIRONMENT : TlsMaterial.Labels.BUILDER;
        tlsMaterial = tls == null ? null : TlsMaterial.read(tls, labels, problems);
        sasl = overrides.sasl() == null ? env.sasl().orElse(null) : overrides.sasl();
        startFrom = overrides.startFrom() == null ? env.startFrom().orElse(null) : overrides.startFrom();
        String suffix = overrides.globalSuffix();
        globalSuffix = suffix == null ? env.globalSuffix() : EnvironmentReader.suffix("globalSuffix", suffix, problems);
        groupProtocol = overrides.groupProtocol() == null ? env.groupProtocol() : overrides.groupProtocol();
    }

    /**
     * Reads the settings.
     *
     * @param env looks a variable up, usually {@code System::getenv}; null or empty means unset
     * @return the settings
     * @throws ConfigException with all that is wrong, each problem naming its variable
     */
    public static KafkaSettings from(UnaryOperator<@Nullable String> env) {
        List<String> problems = new ArrayList<>();
        KafkaSettings settings = resolve(env, SettingsOverrides.none(), problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return settings;
    }

    /**
     * Reads the settings for a builder, which has problems of its own to add. Internal; no API.
     *
     * @param env looks a variable up; null or empty means unset
     * @param overrides what wins over the environment
     * @param problems what is wrong is added here; the value in question then counts as unset
     * @return the settings; not to be used when there was a problem
     */
    public static KafkaSettings resolve(
            UnaryOperator<@Nullable String> env, SettingsOverrides overrides, List<String> problems) {
        return new KafkaSettings(new EnvironmentReader(env, problems), overrides, problems);
    }

    /**
     * The brokers to ask first.
     *
     * @return addresses, {@code host:port}; immutable
     */
    public List<String> brokers() {
        return brokers;
    }

    /**
     * How connections are encrypted.
     *
     * @return empty when they are not
     */
    public Optional<Tls> tls() {
        return Optional.ofNullable(tls);
    }

    /**
     * How the client tells who it is.
     *
     * @return empty when it does not, or by a mechanism that was set as a Kafka property
     */
    public Optional<Sasl> sasl() {
        return Optional.ofNullable(sasl);
    }

    /**
     * Where a group without commits begins.
     *
     * @return empty when nobody said
     */
    public Optional<StartPosition> startFrom() {
        return Optional.ofNullable(startFrom);
    }

    /**
     * What is appended to every group and every topic.
     *
     * @return empty text for nothing
     */
    public String globalSuffix() {
        return globalSuffix;
    }

    /**
     * How the members of the group agree on who reads which partition.
     *
     * @return {@link GroupProtocol#CLASSIC} when nobody said
     */
    public GroupProtocol groupProtocol() {
        return groupProtocol;
    }

    /**
     * The name that the brokers know a group or a topic by.
     *
     * @param name without the global suffix
     * @return with it
     */
    public String suffixed(String name) {
        return name + globalSuffix;
    }

    /**
     * What a consumer needs to reach the brokers and to join a group: addresses, encryption, credentials, group and group
     * protocol. Deserializers and all else are the caller's.
     *
     * @param group the group without the global suffix, which is appended
     * @return a new map, the caller's to change
     */
    public Map<String, Object> consumerProperties(String group) {
        Map<String, Object> properties = connectionProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, suffixed(group));
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, groupProtocol.kafkaName());
        return properties;
    }

    /**
     * What a producer needs to reach the brokers: addresses, encryption, credentials. Serializers and all else are the
     * caller's.
     *
     * @return a new map, the caller's to change
     */
    public Map<String, Object> producerProperties() {
        return connectionProperties();
    }

    /**
     * What an {@code Admin} needs to reach the brokers: addresses, encryption, credentials.
     *
     * @return a new map, the caller's to change
     */
    public Map<String, Object> adminProperties() {
        return connectionProperties();
    }

    /** All settings; secrets are hidden. */
    @Override
    public String toString() {
        return "brokers=" + String.join(",", brokers)
                + "; tls=" + (tls == null ? "off" : tls)
                + "; sasl=" + (sasl == null ? "off" : sasl)
                + "; startFrom=" + (startFrom == null ? "unset" : startFrom)
                + "; globalSuffix=\"" + globalSuffix + "\""
                + "; groupProtocol=" + groupProtocol.kafkaName();
    }

    private Map<String, Object> connectionProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", brokers));
        Sasl.addProtocol(properties, tls != null, sasl != null);
        if (tlsMaterial != null) {
            tlsMaterial.addTo(properties);
        }
        if (sasl != null) {
            sasl.addTo(properties);
        }
        return properties;
    }
}
