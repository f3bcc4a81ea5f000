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

    private static final String OVERDUE = "overdue";

    /** Unlike that of any other failure, so that what is written is known again. */
    final String reason;

    final Polled record;
    final Way way;
    final Duration delay;
    /** When, in epoch milliseconds and in nanoseconds. */
    final long millis;

    final long nanos;
    /** Nothing of its consumer succeeds any more: its record stays where it is. */
    boolean stays;
    /** There cannot be an outage. */
    boolean movesOn;

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

    /** Its client failed it because it was open for too long: when, nobody was told. */
    static Failing overdue(World world, Polled record, boolean retryable) {
        Failing known = of(world, OVERDUE, record, retryable, null);
        long longAgo = world.clock.nanos() - known.delay.toNanos();
        return new Failing(OVERDUE, record, known.way, known.delay, -1, longAgo);
    }

    /** The same during an outage: the record stays here, and is tried again some time. */
    Failing held() {
        return new Failing(reason, record, way, Duration.ZERO, millis, nanos);
    }

    /** For an outage. */
    boolean mayBeHeld() {
        return leadsElsewhere() && !movesOn && record.assignment.member.world.plan.breaker() != null;
    }

    boolean leadsElsewhere() {
        return way == Way.RETRY || way == Way.DLQ;
    }

    /** Whether it is known when it failed. */
    boolean isTimed() {
        return millis >= 0;
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
