package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One of the ways to fail a delivery. */
final class Failure {
    private static final List<Duration> DELAYS =
            List.of(Duration.ZERO, Duration.ofMillis(10), Duration.ofSeconds(3), Duration.ofSeconds(30));

    private enum Kind {
        TEXT,
        RETRY,
        RETRY_LATER,
        MISTAKE,
        RETRYABLE
    }

    private final World world;
    private final Polled record;
    private final String reason;
    private final Kind kind;
    private final @Nullable Duration delay;

    private Failure(Polled record, Kind kind, @Nullable Duration delay) {
        this.world = world(record);
        this.record = record;
        this.reason = world.failings.nextReason();
        this.kind = kind;
        this.delay = delay;
    }

    private static World world(Polled record) {
        return record.assignment.member.world;
    }

    /** One that asks for a retry after this time. */
    static Failure later(Polled record, Duration delay) {
        return new Failure(record, Kind.RETRY_LATER, delay);
    }

    static Failure any(Polled record) {
        return drawn(record, world(record).choices.pick(25, 30, 20, 20, 5));
    }

    /** An exception of a handler's tells of it. */
    static Failure thrown(Polled record) {
        return drawn(record, 3 + world(record).choices.next(2));
    }

    private static Failure drawn(Polled record, int drawn) {
        Kind kind = Kind.values()[drawn];
        boolean asks = kind == Kind.RETRY_LATER || kind == Kind.RETRYABLE;
        return new Failure(record, kind, asks ? world(record).choices.one(DELAYS) : null);
    }

    CompletableFuture<Settlement> tell(Delivery delivery) {
        Application.Mistake mistake = new Application.Mistake(reason);
        return switch (kind) {
            case TEXT -> delivery.fail(reason);
            case RETRY -> delivery.retry(mistake);
            case RETRY_LATER -> delivery.retry(mistake, asked());
            case MISTAKE, RETRYABLE -> delivery.fail(thrown());
        };
    }

    /** What a handler throws, or gives as the reason. */
    Exception thrown() {
        return kind == Kind.RETRYABLE ? new RetryableException(reason).after(asked()) : new Application.Mistake(reason);
    }

    private Duration asked() {
        return delay == null ? Duration.ZERO : delay;
    }

    /** Where it must lead. */
    Failing failing() {
        return failing(record);
    }

    /** The same for another record that fails with it. */
    Failing failing(Polled with) {
        return Failing.of(world, reason, with, isRetryable(with), delay);
    }

    private boolean isRetryable(Polled with) {
        return switch (kind) {
            case TEXT -> false;
            case RETRY, RETRY_LATER, RETRYABLE -> true;
            case MISTAKE -> world.plan.failures().consumer(with.topic()).retriesMistakes();
        };
    }

    @Override
    public String toString() {
        return kind + " " + reason + (delay == null ? "" : " after " + delay);
    }
}
