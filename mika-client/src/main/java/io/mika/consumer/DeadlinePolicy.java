package io.mika.consumer;

/** What becomes of a delivery that is open beyond its consumer's {@code ackDeadline}. It is reported in any case. */
public enum DeadlinePolicy {
    /** Nothing more: it stays open until it is settled. */
    WARN,

    /**
     * It is failed with an {@link io.mika.error.AckDeadlineException}, as by {@link Delivery#retry(Throwable)}: another
     * attempt, if the consumer has any left.
     */
    RETRY,

    /** It is failed with an {@link io.mika.error.AckDeadlineException}, as by {@link Delivery#fail(Throwable)}. */
    FAIL
}
