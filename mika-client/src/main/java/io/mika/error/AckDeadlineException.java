package io.mika.error;

import java.time.Duration;

/** The reason of a failure: neither acked nor failed by its handler within the consumer's {@code ackDeadline}. */
public final class AckDeadlineException extends MikaException {
    private static final long serialVersionUID = 1;

    /**
     * Of one delivery.
     *
     * @param deadline how long it may be open
     */
    public AckDeadlineException(Duration deadline) {
        super("neither acked nor failed within " + deadline);
    }
}
