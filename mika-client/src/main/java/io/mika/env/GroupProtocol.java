package io.mika.env;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How the members of a consumer group agree on who reads which partition. A group runs one of them at a time; brokers
 * move it from one to the other when its members are replaced one by one. <i>Immutable.</i>
 */
public enum GroupProtocol {
    /** The members assign the partitions, here with {@code cooperative-sticky} as the Go client does. The default. */
    CLASSIC,

    /** The brokers assign the partitions (KIP-848, Kafka 4.0 and later). */
    CONSUMER;

    /**
     * The name that Kafka's {@code group.protocol} and {@code KAFKA_GROUP_PROTOCOL} take.
     *
     * @return {@code classic} or {@code consumer}
     */
    public String kafkaName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<GroupProtocol> named(String text) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.name().equalsIgnoreCase(text))
                .findFirst();
    }
}
