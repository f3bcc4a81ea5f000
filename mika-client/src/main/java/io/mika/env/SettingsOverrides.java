package io.mika.env;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client's builder was told. Each value that is there wins over the environment, whose variable is then not
 * even looked at. Internal: for the builder; no API. <i>Immutable.</i>
 *
 * @param brokers addresses, as {@code KAFKA_BROKERS} takes them
 * @param tls encryption
 * @param sasl credentials
 * @param startFrom where a group without commits begins
 * @param globalSuffix the end of all names of groups and topics
 * @param groupProtocol how the group assigns partitions
 */
public record SettingsOverrides(
        @Nullable List<String> brokers,
        @Nullable Tls tls,
        @Nullable Sasl sasl,
        @Nullable StartPosition startFrom,
        @Nullable String globalSuffix,
        @Nullable GroupProtocol groupProtocol) {

    private static final SettingsOverrides NONE = new SettingsOverrides(null, null, null, null, null, null);

    /**
     * Copies the list.
     *
     * @param brokers addresses, as {@code KAFKA_BROKERS} takes them
     * @param tls encryption
     * @param sasl credentials
     * @param startFrom where a group without commits begins
     * @param globalSuffix the end of all names of groups and topics
     * @param groupProtocol how the group assigns partitions
     */
    public SettingsOverrides {
        brokers = brokers == null ? null : List.copyOf(brokers);
    }

    /**
     * Nothing was told: the environment decides.
     *
     * @return without any value
     */
    public static SettingsOverrides none() {
        return NONE;
    }

    /**
     * The same with these brokers.
     *
     * @param brokers addresses; checked when the settings are resolved
     * @return new overrides
     */
    public SettingsOverrides withBrokers(List<String> brokers) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }

    /**
     * The same with this encryption.
     *
     * @param tls its settings; the files are read when the settings are resolved
     * @return new overrides
     */
    public SettingsOverrides withTls(Tls tls) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }

    /**
     * The same with these credentials.
     *
     * @param sasl the credentials
     * @return new overrides
     */
    public SettingsOverrides withSasl(Sasl sasl) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }

    /**
     * The same with this start.
     *
     * @param startFrom where a group without commits begins
     * @return new overrides
     */
    public SettingsOverrides withStartFrom(StartPosition startFrom) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }

    /**
     * The same with this suffix.
     *
     * @param globalSuffix the end of all names; empty for none
     * @return new overrides
     */
    public SettingsOverrides withGlobalSuffix(String globalSuffix) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }

    /**
     * The same with this protocol.
     *
     * @param groupProtocol how the group assigns partitions
     * @return new overrides
     */
    public SettingsOverrides withGroupProtocol(GroupProtocol groupProtocol) {
        return new SettingsOverrides(brokers, tls, sasl, startFrom, globalSuffix, groupProtocol);
    }
}
