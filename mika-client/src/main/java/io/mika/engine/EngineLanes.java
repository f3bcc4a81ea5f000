package io.mika.engine;

import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the lanes see of the engine. <i>Thread-safe.</i> */
final class EngineLanes implements LaneContext {
    private final LongSupplier clock;
    private final Executor callbacks;
    private final Mailbox mailbox;
    private final Closing closing;
    private final EngineEvents events;
    private final ThreadLocal<Boolean> handlerOfOurs = ThreadLocal.withInitial(() -> false);
    private volatile @Nullable Thread pollThread;

    EngineLanes(LongSupplier clock, Executor callbacks, Mailbox mailbox, Closing closing, EngineEvents events) {
        this.clock = clock;
        this.callbacks = callbacks;
        this.mailbox = mailbox;
        this.closing = closing;
        this.events = events;
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

    /** Until failures have a route, each is unroutable: its delivery is open again. */
    @Override
    public void failed(Failure failure) {
        mailbox.send(() -> {
            failure.lane().reopen(failure.chunk(), failure.index());
            UnroutableFailureException unroutable = new UnroutableFailureException(
                    failure.lane().binding().topic(),
                    failure.record().partition(),
                    failure.record().offset(),
                    failure.reason());
            CompletableFuture<Settlement> future = failure.chunk().failures().remove(failure.index());
            if (future != null) {
                events.unroutable(unroutable);
                onCallbacks(() -> future.completeExceptionally(unroutable));
            }
        });
    }

    @Override
    public void complete(Chunk chunk, int index, Settlement outcome) {
        CompletableFuture<Settlement> future = chunk.failures().remove(index);
        if (future != null) {
            onCallbacks(() -> future.complete(outcome));
        }
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
    private void onCallbacks(Runnable completion) {
        try {
            callbacks.execute(completion);
        } catch (RejectedExecutionException closed) {
            completion.run();
        }
    }
}
