package io.mika.engine;

import io.mika.consumer.Settlement;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What lanes and runners ask of the engine around them. <i>Thread-safe.</i> */
interface LaneContext {
    /** Fails where the caller is not the poll thread: an error in the engine, not in its use. */
    void assertPollThread();

    /** Wakes the poll thread, wherever it waits. */
    void signal();

    long nanoTime();

    /** The client's group on the wire; null if it has none. */
    @Nullable String group();

    /** Null for a client without interceptors. */
    default @Nullable Interception interception() {
        return null;
    }

    /** A delivery was failed: finds out where it goes, and brings it there. */
    void failed(Failure failure);

    /** Tells the outcome of the delivery, and completes the future of the failure under way, on the callback executor. */
    void complete(Chunk chunk, int index, Settlement outcome);

    /** Completes the future of a failure that is over, with an error, on the callback executor. */
    void completeExceptionally(CompletableFuture<Settlement> failure, Throwable error);

    /** Whether handlers' exceptions still settle something; not after the close deadline. */
    boolean settlesThrown();

    /** After the close deadline: whoever closed was told the end, and no handler is called any more. */
    default boolean isOver() {
        return !settlesThrown();
    }

    /** A handler threw after its delivery was settled, or the executor refused a lane. */
    void error(Throwable error);

    /** What a handler thread runs is known to belong to this client from here on, until {@link #leaveHandler}. */
    void enterHandler();

    void leaveHandler();
}
