package io.mika.engine;

import io.mika.consumer.Settlement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine around a lane whose poll thread is any of the model's: all but the check of threads. */
final class AnyThreadContext implements LaneContext {
    final HandContext hand = new HandContext();
    private final Consumer<Failure> failures;

    AnyThreadContext() {
        failures = hand::failed;
    }

    private AnyThreadContext(EngineEvents events) {
        Writes writes = new Writes("billing", null, null, this, events, () -> 0);
        failures = new Failures("billing", this, events, writes, () -> 0.5)::failed;
    }

    /** Failures are decided on at once, as in a client that has neither a retry topic nor a dead letter queue. */
    static AnyThreadContext deciding() {
        return new AnyThreadContext(new EngineEvents("test", "", List.of(), Runnable::run));
    }

    @Override
    public void assertPollThread() {}

    @Override
    public void signal() {}

    @Override
    public long nanoTime() {
        return 1;
    }

    @Override
    public void failed(Failure failure) {
        failures.accept(failure);
    }

    @Override
    public void complete(Chunk chunk, int index, Settlement outcome) {
        hand.complete(chunk, index, outcome);
    }

    @Override
    public void completeExceptionally(CompletableFuture<Settlement> failure, Throwable error) {
        hand.completeExceptionally(failure, error);
    }

    @Override
    public @Nullable String group() {
        return "billing";
    }

    @Override
    public boolean settlesThrown() {
        return true;
    }

    @Override
    public void error(Throwable error) {}

    @Override
    public void enterHandler() {}

    @Override
    public void leaveHandler() {}
}
