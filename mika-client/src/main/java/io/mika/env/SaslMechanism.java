package io.mika.env;

import java.util.Arrays;
import java.util.Optional;

/** The mechanisms that the environment can name, and Kafka's login module for each. <i>Immutable.</i> */
enum SaslMechanism {
    PLAIN("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule"),
    SCRAM_SHA_256("SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"),
    SCRAM_SHA_512("SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule");

    private final String kafkaName;
    private final String loginModule;

    SaslMechanism(String kafkaName, String loginModule) {
        this.kafkaName = kafkaName;
        this.loginModule = loginModule;
    }

    String kafkaName() {
        return kafkaName;
    }

    String loginModule() {
        return loginModule;
    }

    static Optional<SaslMechanism> named(String text) {
        return Arrays.stream(values())
                .filter(mechanism -> mechanism.kafkaName.equalsIgnoreCase(text))
                .findFirst();
    }
}
