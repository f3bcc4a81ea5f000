package io.mika.env;

/** The environment variables, in the order in which they are read and documented. <i>Immutable.</i> */
enum Variable {
    KAFKA_BROKERS("localhost:29092"),
    KAFKA_TLS_ENABLED("false"),
    KAFKA_TLS_CA_FILE(""),
    KAFKA_TLS_CERT_FILE(""),
    KAFKA_TLS_KEY_FILE(""),
    KAFKA_SASL_MECHANISM(""),
    KAFKA_SASL_USERNAME(""),
    KAFKA_SASL_PASSWORD(""),
    KAFKA_CONSUMER_START_FROM(""),
    KAFKA_GLOBAL_SUFFIX(""),
    KAFKA_GROUP_PROTOCOL("classic");

    private final String defaultValue;

    Variable(String defaultValue) {
        this.defaultValue = defaultValue;
    }

    /** What holds when the variable is unset; empty for none. */
    String defaultValue() {
        return defaultValue;
    }
}
