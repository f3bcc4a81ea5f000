package io.mika.consumer;

import java.time.Duration;
import java.util.Objects;

/**
 * When a consumer counts as one of which nothing succeeds any more, because what its handler needs is down: from then on
 * its failed records are not moved to the retry topic or the dead letter queue. They stay, and so do those behind them,
 * but for a probe now and then; the first record that is acked ends it. <i>Immutable.</i>
 *
 * <pre>{@code
 * builder.outageBreaker(OutageBreaker.create().noAckFor(Duration.ofMinutes(1)).failures(100))
 * }</pre>
 */
public final class OutageBreaker {
    /** How long nothing is acked, unless told otherwise. */
    public static final Duration DEFAULT_NO_ACK_FOR = Duration.ofSeconds(30);

    /** How many deliveries fail meanwhile, unless told otherwise. */
    public static final int DEFAULT_FAILURES = 50;

    /** How often a record is tried during an outage, unless told otherwise. */
    public static final Duration DEFAULT_PROBE_EVERY = Duration.ofSeconds(10);

    private static final OutageBreaker DEFAULT =
            new OutageBreaker(DEFAULT_NO_ACK_FOR, DEFAULT_FAILURES, DEFAULT_PROBE_EVERY);

    private final Duration noAckFor;
    private final int failures;
    private final Duration probeEvery;

    private OutageBreaker(Duration noAckFor, int failures, Duration probeEvery) {
        this.noAckFor = noAckFor;
        this.failures = failures;
        this.probeEvery = probeEvery;
    }

    /**
     * No ack in 30 s and at least 50 failures; a probe every 10 s.
     *
     * @return the same each time
     */
    public static OutageBreaker create() {
        return DEFAULT;
    }

    /**
     * The same with another time.
     *
     * @param time how long none of the consumer's deliveries is acked, from the first failure after the last ack
     * @return a new one
     * @throws IllegalArgumentException if it is negative
     */
    public OutageBreaker noAckFor(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("noAckFor: " + time + " is negative");
        }
        return new OutageBreaker(time, failures, probeEvery);
    }

    /**
     * The same with another number.
     *
     * @param count how many of its deliveries fail meanwhile, at least
     * @return a new one
     * @throws IllegalArgumentException if it is below 1
     */
    public OutageBreaker failures(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("failures: " + count + " is below 1");
        }
        return new OutageBreaker(noAckFor, count, probeEvery);
    }

    /**
     * The same with another interval.
     *
     * @param interval how often one record of each partition is handed out during the outage; for the first time when
     *     such an interval is over since it began, or since the partition was assigned to this client, if that was later
     * @return a new one
     * @throws IllegalArgumentException if it is not above zero
     */
    public OutageBreaker probeEvery(Duration interval) {
        if (Objects.requireNonNull(interval, "interval").isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("probeEvery: " + interval + " is not above zero");
        }
        return new OutageBreaker(noAckFor, failures, interval);
    }

    /**
     * How long nothing is acked.
     *
     * @return zero or more
     */
    public Duration noAckFor() {
        return noAckFor;
    }

    /**
     * How many deliveries fail meanwhile.
     *
     * @return one or more
     */
    public int failures() {
        return failures;
    }

    /**
     * How often a record of each partition is tried during the outage.
     *
     * @return above zero
     */
    public Duration probeEvery() {
        return probeEvery;
    }

    @Override
    public String toString() {
        return "no ack for " + noAckFor + " and " + failures + " failures, a probe every " + probeEvery;
    }
}
