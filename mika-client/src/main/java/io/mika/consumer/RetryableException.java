package io.mika.consumer;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says that a failure may go away: anywhere in the cause chain of what a handler throws, or gives to {@link
 * Delivery#fail(Throwable)}, it makes that failure retryable.
 */
public class RetryableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Null for the delay of the consumer's options. */
    private final @Nullable Duration delay;

    /**
     * A failure that may go away.
     *
     * @param message what failed
     */
    public RetryableException(@Nullable String message) {
        this(message, null, null);
    }

    /**
     * A failure that may go away.
     *
     * @param message what failed
     * @param cause why
     */
    public RetryableException(@Nullable String message, @Nullable Throwable cause) {
        this(message, cause, null);
    }

    /**
     * A failure that may go away, with the cause's message.
     *
     * @param cause why
     */
    public RetryableException(@Nullable Throwable cause) {
        super(cause);
        this.delay = null;
    }

    private RetryableException(@Nullable String message, @Nullable Throwable cause, @Nullable Duration delay) {
        super(message, cause);
        this.delay = delay;
    }

    /**
     * The same failure, to be retried no earlier than after a delay, whatever the consumer's options say. Of a subclass,
     * the result is a {@code RetryableException} with the original as its cause.
     *
     * @param delay from now; zero for at once
     * @return a new exception, with this one's message, cause, stack trace and suppressed exceptions
     * @throws IllegalArgumentException if the delay is negative
     */
    public RetryableException after(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("after: " + delay + " is negative");
        }
        boolean plain = getClass() == RetryableException.class;
        RetryableException delayed = new RetryableException(getMessage(), plain ? getCause() : this, delay);
        delayed.setStackTrace(getStackTrace());
        for (Throwable suppressed : getSuppressed()) {
            delayed.addSuppressed(suppressed);
        }
        return delayed;
    }

    /**
     * The delay that {@link #after} asked for.
     *
     * @return empty if the consumer's options decide
     */
    public final Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }
}
