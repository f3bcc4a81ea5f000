package io.mika.simulation;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A failure that the application told of, and where it must lead. */
final class Failing {
    /** Where a failed record goes. */
    enum Way {
        IN_PLACE,
        RETRY,
        DLQ,
        NOWHERE
    }

    /** Unlike that of any other failure, so that what is written is known again. */
    final String reason;

    final Polled record;
    final Way way;
    final Duration delay;
    /** When, in epoch milliseconds and in nanoseconds. */
    final long millis;

    final long nanos;
    /** Topics in whose logs there is a copy of it. */
    private final Set<String> written = new HashSet<>(2);

    Failing(String reason, Polled record, Way way, Duration delay, long millis, long nanos) {
        this.reason = reason;
        this.record = record;
        this.way = way;
        this.delay = delay;
        this.millis = millis;
        this.nanos = nanos;
    }

    /** By the rules of the documentation, of which the engine has no part. */
    static Failing of(World world, String reason, Polled record, boolean retryable, @Nullable Duration asked) {
        FailurePlan.Consumer options = world.plan.failures().consumer(record.topic());
        Way way = way(record, retryable, options);
        Duration delay = switch (way) {
            case IN_PLACE -> asked != null ? asked : options.inPlaceBackoff().delay(record.tries + 1, 0.5);
            case RETRY -> asked != null ? asked : options.backoff().delay(record.hops() + 1, 0.5);
            default -> Duration.ZERO;
        };
        return new Failing(reason, record, way, delay, world.clock.millis(), world.clock.nanos());
    }

    private static Way way(Polled record, boolean retryable, FailurePlan.Consumer options) {
        if (retryable && !record.isCopy() && record.tries < options.inPlaceRetries()) {
            return Way.IN_PLACE;
        }
        return retryable && record.hops() < options.retries() ? Way.RETRY : without(record, options);
    }

    /** Without another attempt: it was too large for the retry topic. */
    static Way without(Polled record, FailurePlan.Consumer options) {
        return options.usesDlq() || record.isDeadLetter() ? Way.DLQ : Way.NOWHERE;
    }

    void written(String topic) {
        written.add(topic);
    }

    boolean isWritten(String topic) {
        return written.contains(topic);
    }

    /** The record is open again, and has been from the moment on when it failed. */
    boolean leadsNowhere() {
        return way == Way.NOWHERE;
    }

    @Override
    public String toString() {
        return reason + " of " + record + " -> " + way + (delay.isZero() ? "" : " after " + delay);
    }
}
