package io.mika.engine;

import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.Settlement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the lanes see of the engine. <i>Thread-safe.</i> */
final class EngineLanes implements LaneContext {
    private final @Nullable String group;
    private final LongSupplier clock;
    private final Executor callbacks;
    private final Mailbox mailbox;
    private final Closing closing;
    private final EngineEvents events;
    private final ThreadLocal<Boolean> handlerOfOurs = ThreadLocal.withInitial(() -> false);
    private volatile @Nullable Thread pollThread;
    private volatile @Nullable Failures failures;
    private final @Nullable Interception interception;

    EngineLanes(
            @Nullable String group,
            LongSupplier clock,
            Executor callbacks,
            Mailbox mailbox,
            Closing closing,
            EngineEvents events,
            List<DeliveryInterceptor> interceptors) {
        this.group = group;
        this.clock = clock;
        this.callbacks = callbacks;
        this.mailbox = mailbox;
        this.closing = closing;
        this.events = events;
        this.interception = Interception.of(interceptors, events::interceptorThrew, this::onCallbacks);
    }

    /** The calling thread is the poll thread from here on. */
    void becomePollThread() {
        pollThread = Thread.currentThread();
    }

    boolean isHandlerThread() {
        return handlerOfOurs.get();
    }

    @Override
    public void assertPollThread() {
        if (Thread.currentThread() != pollThread) {
            throw new IllegalStateException("a lane belongs to the poll thread, and was touched by "
                    + Thread.currentThread().getName());
        }
    }

    @Override
    public void signal() {
        mailbox.signal();
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    @Override
    public @Nullable String group() {
        return group;
    }

    @Override
    public @Nullable Interception interception() {
        return interception;
    }

    /** Where failures go; before the first record. */
    void failuresGoTo(Failures way) {
        failures = way;
    }

    @Override
    public void failed(Failure failure) {
        Objects.requireNonNull(failures).failed(failure);
    }

    @Override
    public void complete(Chunk chunk, int index, Settlement outcome) {
        Observed observed = chunk.takeObserved(index);
        if (observed != null) {
            observed.settled(outcome);
        }
        CompletableFuture<Settlement> future = chunk.failures().remove(index);
        if (future != null) {
            onCallbacks(() -> future.complete(outcome));
        }
    }

    @Override
    public void completeExceptionally(CompletableFuture<Settlement> failure, Throwable error) {
        onCallbacks(() -> failure.completeExceptionally(error));
    }

    @Override
    public boolean settlesThrown() {
        return !closing.isOver();
    }

    @Override
    public void error(Throwable error) {
        events.error(error);
    }

    @Override
    public void enterHandler() {
        handlerOfOurs.set(true);
    }

    @Override
    public void leaveHandler() {
        handlerOfOurs.set(false);
    }

    /** No future is left open: after the end of the callback executor it completes here. */
    void onCallbacks(Runnable completion) {
        try {
            callbacks.execute(completion);
        } catch (RejectedExecutionException closed) {
            completion.run();
        }
    }
}
