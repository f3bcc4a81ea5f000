package io.mika;

import io.mika.error.ClientClosedException;
import org.jspecify.annotations.Nullable;

/** The client was closed before the brokers acknowledged a record that was sent. */
final class UnknownOutcomeException extends ClientClosedException {
    private static final long serialVersionUID = 1;

    /** Without the global suffix. */
    private final String topic;

    UnknownOutcomeException(String topic, @Nullable Throwable cause) {
        super(cause);
        this.topic = topic;
    }

    @Override
    public String getMessage() {
        return "the client is closed; whether the record for " + topic + " is written is unknown";
    }
}
