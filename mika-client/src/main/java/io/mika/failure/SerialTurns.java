package io.mika.failure;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns of something that waits for answers and for times: one at a time, on an executor, each of which takes in first
 * what was sent from elsewhere. <i>Thread-safe.</i>
 */
final class SerialTurns {
    private final Executor thread;
    private final Runnable turn;
    private final Consumer<RuntimeException> failed;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean running = new AtomicBoolean();
    /** When a turn is due although nothing happens; {@code Long.MAX_VALUE} for never. */
    private volatile long next = Long.MAX_VALUE;

    /** A turn was to run and did not. */
    private volatile boolean missed;

    private volatile @Nullable Runnable last;

    /** @param failed is told, as part of the turn, what it or a task has thrown */
    SerialTurns(Executor thread, Runnable turn, Consumer<RuntimeException> failed) {
        this.thread = thread;
        this.turn = turn;
        this.failed = failed;
    }

    /** Runs this in a turn, soon. */
    void send(Runnable task) {
        inbox.add(task);
        schedule();
    }

    /** A turn, soon. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                thread.execute(this::run);
            } catch (RejectedExecutionException closed) {
                scheduled.set(false); // whoever closed the client ends what there is
            }
        }
    }

    /** A turn at this time, unless one is due earlier. The turn's own. */
    void scheduleAt(long nanos) {
        next = next == Long.MAX_VALUE || nanos - next < 0 ? nanos : next;
    }

    /** Called now and then by whoever knows the time. */
    void nudge(long now) {
        long due = next;
        if (due != Long.MAX_VALUE && now - due >= 0) {
            schedule();
        }
    }

    private void run() {
        if (!running.compareAndSet(false, true)) {
            missed = true; // within a turn, while that waits
            return;
        }
        try {
            scheduled.set(false);
            next = Long.MAX_VALUE;
            for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
                task.run();
            }
            turn.run();
        } catch (RuntimeException thrown) {
            failed.accept(thrown);
        } finally {
            running.set(false);
        }
        end();
        if (missed) {
            missed = false;
            scheduled.set(false);
            schedule();
        }
    }

    /** Runs this when no turn does, which may be now, and lets no turn run after it. */
    void endWith(Runnable task) {
        last = task;
        end();
    }

    private void end() {
        Runnable task = last;
        if (task != null && running.compareAndSet(false, true)) {
            task.run(); // and it keeps running, as far as others can see
        }
    }
}
