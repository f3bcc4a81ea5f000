package io.mika.engine;

import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import io.mika.failure.Route;
import io.mika.record.FailureHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the way of each failure, on the thread that failed it, and brings it there. <i>Thread-safe.</i> Nothing here
 * blocks.
 */
final class Failures {
    private final @Nullable String group;
    private final LaneContext context;
    private final EngineEvents events;
    private final Writes writes;
    private final DoubleSupplier random;

    Failures(@Nullable String group, LaneContext context, EngineEvents events, Writes writes, DoubleSupplier random) {
        this.group = group;
        this.context = context;
        this.events = events;
        this.writes = writes;
        this.random = random;
    }

    void failed(Failure failure) {
        Route.Failed failed = describe(failure);
        Route route = Route.of(failed, random.getAsDouble());
        Outage outage = failure.attempt().outage();
        boolean inOutage = outage != null && outage.failed(context.nanoTime());
        if (inOutage && route.way().isElsewhere() && failure.attempt().mayBeHeld()) {
            again(failure, failure.attempt().againAfterOutage(), Duration.ZERO);
        } else {
            take(failure, failed, route);
        }
    }

    private void take(Failure failure, Route.Failed failed, Route route) {
        switch (route.way()) {
            case IN_PLACE -> again(failure, failure.attempt().againInPlace(), route.delay());
            case RETRY_TOPIC ->
                writes.retry(failure, route.delay(), () -> take(failure, failed, Route.withoutAnotherAttempt(failed)));
            case DLQ -> writes.deadLetter(failure);
            case NOWHERE -> nowhere(failure);
        }
    }

    private Route.Failed describe(Failure failure) {
        Attempt attempt = failure.attempt();
        Failure.Asked asked = failure.asked();
        return new Route.Failed(
                attempt.source(),
                attempt.tries(),
                hops(failure),
                asked.retry() || said(() -> attempt.binding().options().isRetryable(failure.reason()), false),
                asked.delay() == null
                        ? said(() -> askedBy(failure.reason()), Optional.empty())
                        : Optional.of(asked.delay()),
                attempt.binding().options());
    }

    /** What {@code retryOn} was given, and exceptions, are the application's code: what it throws stops no failure. */
    private <T> T said(Supplier<T> answer, T otherwise) {
        try {
            return answer.get();
        } catch (RuntimeException | Error thrown) {
            events.error(thrown);
            return otherwise;
        }
    }

    private int hops(Failure failure) {
        if (group == null || !FailureHeaders.owns(failure.record().headers(), group)) {
            return 0;
        }
        FailureHeaders headers =
                FailureHeaders.read(failure.record().headers(), group).orElseThrow();
        headers.malformedRetries().ifPresent(events::error);
        return headers.retries().orElse(Route.HOPS_UNREADABLE);
    }

    /** The delay that a {@link RetryableException} in the chain asks for. */
    private static Optional<Duration> askedBy(@Nullable Throwable reason) {
        Throwable link = reason;
        for (int depth = 0; link != null && depth < 100; depth++) { // a chain may be a ring
            if (link instanceof RetryableException retryable
                    && retryable.delay().isPresent()) {
                return retryable.delay();
            }
            link = link.getCause();
        }
        return Optional.empty();
    }

    private void again(Failure failure, Attempt next, Duration delay) {
        long due = context.nanoTime() + Nanos.of(delay);
        Observed observed = failure.chunk().takeObserved(failure.index());
        if (observed != null) {
            observed.settledHere(Settlement.RETRIED_IN_PLACE);
        }
        context.complete(failure.chunk(), failure.index(), Settlement.RETRIED_IN_PLACE);
        failure.lane().again(new WaitingRecord(failure.chunk(), failure.index(), failure.record(), next, due));
    }

    private void nowhere(Failure failure) {
        UnroutableFailureException unroutable = new UnroutableFailureException(
                events.name(failure.record().topic()),
                failure.record().partition(),
                failure.record().offset(),
                failure.reason());
        events.unroutable(failure, unroutable);
        Observed observed = failure.chunk().observed(failure.index());
        if (observed != null) {
            observed.unroutable();
        }
        // In this order: whoever fails it again, once it is open, must not join this failure, which is over; and
        // whoever
        // hears of its end must find it open
        CompletableFuture<Settlement> future = failure.chunk().failures().remove(failure.index());
        failure.delivery().reopen();
        if (future != null) {
            context.completeExceptionally(future, unroutable);
        }
    }
}
