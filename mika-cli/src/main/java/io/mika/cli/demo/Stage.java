package io.mika.cli.demo;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Waits for what the script needs next, and shows meanwhile how it goes. Owned by the thread that runs the demo. */
final class Stage {
    private static final long TICK_MS = 5;
    private static final Duration STALLED = Duration.ofSeconds(60);

    private final Screen screen;
    private final Ledger ledger;
    private final OrderStream stream;
    private final Members members;

    Stage(Screen screen, Ledger ledger, OrderStream stream, Members members) {
        this.screen = screen;
        this.ledger = ledger;
        this.stream = stream;
        this.members = members;
    }

    /** Throws what the future failed with, or when nothing has moved for a minute. */
    void await(Future<?> future) throws InterruptedException, ExecutionException {
        await(future::isDone);
        future.get();
    }

    /** Throws when nothing has moved for a minute. */
    void await(BooleanSupplier condition) throws InterruptedException {
        if (!awaitOrGiveUp(condition)) {
            throw new IllegalStateException("Nothing has moved for " + STALLED.toSeconds() + " s: " + progress());
        }
    }

    /** Returns false when nothing has moved for a minute. */
    boolean awaitOrGiveUp(BooleanSupplier condition) throws InterruptedException {
        long moved = moved();
        long movedAt = System.nanoTime();
        while (!condition.getAsBoolean()) {
            members.check();
            tick();
            if (moved != moved()) {
                moved = moved();
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > STALLED.toNanos()) {
                return false;
            }
        }
        return true;
    }

    private void tick() throws InterruptedException {
        if (screen.isDue(stream.elapsed())) {
            screen.show(progress());
        }
        Thread.sleep(TICK_MS);
    }

    private long moved() {
        return ledger.publishedCount() + ledger.ackedCount() + ledger.retriedCount() + ledger.deadLetteredCount();
    }

    private Progress progress() {
        return new Progress(
                stream.elapsed(),
                ledger.ids(),
                ledger.ackedCount(),
                ledger.retriedCount(),
                ledger.deadLetteredCount(),
                ledger.inFlight(),
                members.size());
    }
}
