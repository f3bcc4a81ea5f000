package io.mika.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * How other threads reach the poll thread: commands, and a signal that ends its wait wherever it waits.
 * <i>Thread-safe</i>; commands run on the poll thread.
 */
final class Mailbox {
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final EngineParts.Signal signal;
    private volatile boolean pending;
    private volatile @Nullable KafkaPoller poller;

    Mailbox(EngineParts.Signal signal) {
        this.signal = signal;
    }

    void send(Runnable command) {
        commands.add(command);
        signal();
    }

    void signal() {
        pending = true;
        signal.raise();
        KafkaPoller polling = poller;
        if (polling != null) {
            polling.wake();
        }
    }

    /** The poll thread's: this is the consumer to wake. */
    void wakes(KafkaPoller consumer) {
        poller = consumer;
    }

    /** Whether something was signalled since {@link #takeAll} began. */
    boolean isPending() {
        return pending;
    }

    /** The poll thread's: runs every command; a signal that comes meanwhile is kept. */
    void takeAll() {
        pending = false;
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** The poll thread's: waits for a signal, and for no longer than this. */
    void await(long nanos) {
        if (!pending && nanos > 0) {
            signal.await(nanos);
        }
    }
}
