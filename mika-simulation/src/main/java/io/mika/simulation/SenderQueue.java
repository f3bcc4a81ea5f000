package io.mika.simulation;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What a thread of the failure path is to do, one task after another, when its turn comes. */
final class SenderQueue implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean busy;
    private boolean closed;

    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("simulated: the client is closed");
        }
        tasks.add(task);
    }

    /** Whether there is something to do, and the thread is not in the midst of something else. */
    boolean isReady() {
        return !busy && !tasks.isEmpty();
    }

    void runOne() {
        busy = true;
        try {
            tasks.remove().run();
        } finally {
            busy = false;
        }
    }

    /** The thread is no more. */
    void close() {
        closed = true;
        tasks.clear();
    }
}
