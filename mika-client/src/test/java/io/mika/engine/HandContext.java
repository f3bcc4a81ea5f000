package io.mika.engine;

import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The engine around a lane, by hand: notes what the lane asks, and routes failures when told to. The thread that makes
 * it is the poll thread.
 */
final class HandContext implements LaneContext {
    private final Thread pollThread = Thread.currentThread();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    final AtomicInteger signals = new AtomicInteger();
    final List<Throwable> errors = new ArrayList<>();
    boolean settlesThrown = true;
    long now = 1;
    /** So much time goes by between two looks at the clock. */
    long step;

    @Override
    public void assertPollThread() {
        if (Thread.currentThread() != pollThread) {
            throw new IllegalStateException(
                    "touched by " + Thread.currentThread().getName());
        }
    }

    @Override
    public void signal() {
        signals.incrementAndGet();
    }

    @Override
    public long nanoTime() {
        now += step;
        return now;
    }

    @Override
    public void failed(Failure failure) {
        failures.add(failure);
    }

    int failuresUnderWay() {
        return failures.size();
    }

    /** No failure has a route: each delivery is open again, its future fails. */
    void routeNowhere() {
        for (Failure failure = failures.poll(); failure != null; failure = failures.poll()) {
            CompletableFuture<Settlement> future = failure.chunk().failures().remove(failure.index());
            failure.delivery().reopen();
            if (future != null) {
                future.completeExceptionally(new UnroutableFailureException(
                        "orders", failure.record().partition(), failure.record().offset(), failure.reason()));
            }
        }
    }

    @Override
    public void complete(Chunk chunk, int index, Settlement outcome) {
        @Nullable CompletableFuture<Settlement> future = chunk.failures().remove(index);
        if (future != null) {
            future.complete(outcome);
        }
    }

    @Override
    public void completeExceptionally(CompletableFuture<Settlement> failure, Throwable error) {
        failure.completeExceptionally(error);
    }

    @Override
    public @Nullable String group() {
        return "billing";
    }

    @Override
    public boolean settlesThrown() {
        return settlesThrown;
    }

    @Override
    public synchronized void error(Throwable error) {
        errors.add(error);
    }

    @Override
    public void enterHandler() {}

    @Override
    public void leaveHandler() {}
}
