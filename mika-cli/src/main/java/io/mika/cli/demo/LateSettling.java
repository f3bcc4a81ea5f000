package io.mika.cli.demo;

import io.mika.consumer.Delivery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Settles deliveries after their handler has returned, from other threads and out of order, as a service does that
 * waits for somebody else's answer. Thread-safe.
 */
final class LateSettling implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int QUEUED = 10_000;
    private static final int SHUFFLED = 256;

    private final BlockingQueue<Delivery> waiting = new ArrayBlockingQueue<>(QUEUED);
    private final Consumer<Delivery> action;
    private final List<Thread> threads;
    private volatile boolean closed;

    LateSettling(Consumer<Delivery> action) {
        this.action = action;
        this.threads = IntStream.range(0, THREADS).mapToObj(this::thread).toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Blocks while too many are waiting. */
    void settle(Delivery delivery) throws InterruptedException {
        waiting.put(delivery);
    }

    /** Ends the threads once nothing waits any more. */
    @Override
    public void close() {
        closed = true;
    }

    private Thread thread(int number) {
        Thread thread = new Thread(this::run, "demo-late-" + number);
        thread.setDaemon(true);
        return thread;
    }

    private void run() {
        List<Delivery> batch = new ArrayList<>(SHUFFLED);
        try {
            while (!closed || !waiting.isEmpty()) {
                Delivery first = waiting.poll(20, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, SHUFFLED - 1);
                    Collections.shuffle(batch);
                    batch.forEach(action);
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
