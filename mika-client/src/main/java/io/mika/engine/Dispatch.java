package io.mika.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Where the lanes of one consumer get their threads: at most {@code concurrency} handlers run at once, the lanes that
 * wait for their turn come in order. <i>Thread-safe.</i>
 */
final class Dispatch {
    /** What occupies a thread for a while. */
    interface Turn extends Runnable {
        /** The executor did not take it. */
        void refused();
    }

    private final Executor executor;
    private final int concurrency;
    private final Gate gate;
    private final LaneContext context;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private int running;
    /** Read without the lock by runners after each chunk; a stale answer costs one chunk. */
    private volatile boolean othersWait;

    Dispatch(Executor executor, int concurrency, LaneContext context) {
        this(executor, concurrency, context, Gate.open());
    }

    Dispatch(Executor executor, int concurrency, LaneContext context, Gate gate) {
        this.gate = gate;
        this.executor = executor;
        this.concurrency = concurrency;
        this.context = context;
    }

    Gate gate() {
        return gate;
    }

    boolean othersWait() {
        return othersWait;
    }

    void submit(Turn runner) {
        synchronized (waiting) {
            if (running == concurrency) {
                waiting.add(runner);
                othersWait = true;
                return;
            }
            running++;
        }
        start(runner);
    }

    private void start(Turn runner) {
        try {
            executor.execute(() -> runTurn(runner));
        } catch (RuntimeException | Error refused) {
            // Rejected, or no thread to be had. Nothing is lost: the records stay queued and hold the commit, and the
            // lane is nudged again
            context.error(refused);
            runner.refused();
            turnEnded();
        }
    }

    private void runTurn(Turn runner) {
        try {
            runner.run();
        } finally {
            turnEnded();
        }
    }

    private void turnEnded() {
        Turn next;
        synchronized (waiting) {
            running--;
            next = waiting.poll();
            othersWait = !waiting.isEmpty();
            if (next == null) {
                return;
            }
            running++;
        }
        start(next);
    }
}
