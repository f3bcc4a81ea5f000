package io.mika.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Hands to one consumer what is its own of a partition of the retry topic or the dead letter queue, in the order in which
 * it is due. What is not due, or has no room, waits with the poll thread.
 */
final class RetryRunner extends Workers {
    /** So many are kept ready to be handed out. */
    private static final int MOST_READY = 1_000;

    private final RetryConsumer consumer;

    // Under the lock
    private final Queue<WaitingRecord> ready = new ArrayDeque<>();
    /** Open beyond their calls, or they were. */
    private final List<Handed> open = new ArrayList<>();

    /** The poll thread has more that is due: tell it when there is room. */
    private volatile boolean wanted;

    // Of the poll thread
    private final PriorityQueue<WaitingRecord> waiting =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));

    private record Handed(Chunk chunk, int index) {
        boolean isOpen() {
            return chunk.state(index).isOpen();
        }
    }

    RetryRunner(Lane lane, RetryConsumer consumer, LaneContext context) {
        super(lane, consumer.binding(), context, consumer.dispatch(), consumer.concurrency());
        this.consumer = consumer;
    }

    // ---- the poll thread

    void wait(WaitingRecord record) {
        waiting.add(record);
        consumer.waiting().add(record);
    }

    /** Makes ready what is due, as far as there is room. */
    void wake(long now) {
        startIfPermitted(now);
        WaitingRecord next = waiting.peek();
        if (next == null || now - next.due() < 0) {
            return;
        }
        lock.lock();
        try {
            for (; next != null && now - next.due() >= 0 && ready.size() < MOST_READY; next = waiting.peek()) {
                waiting.remove();
                consumer.waiting().remove(next);
                ready.add(next);
            }
            wanted = next != null && now - next.due() >= 0;
        } finally {
            lock.unlock();
        }
        start();
    }

    long wakesAt() {
        WaitingRecord next = waiting.peek();
        return Math.min(permittedAt(), next == null || wanted ? HandOut.NEVER : next.due());
    }

    /** The lane is over: lets go of what waits. */
    void forget() {
        stopWorking();
        waiting.forEach(consumer.waiting()::remove);
        waiting.clear();
    }

    // ---- under the lock

    @Override
    int available() {
        return ready.size();
    }

    @Override
    @Nullable WaitingRecord next() {
        WaitingRecord record = ready.poll();
        while (record != null && !record.take()) {
            record = ready.poll();
        }
        if (wanted && ready.size() <= MOST_READY / 2) {
            wanted = false;
            context.signal();
        }
        return record;
    }

    @Override
    void returned(WaitingRecord record) {
        Handed handed = new Handed(record.chunk(), record.index());
        if (handed.isOpen()) {
            open.add(handed);
        }
    }

    @Override
    int openBeyondCalls() {
        open.removeIf(handed -> !handed.isOpen());
        return open.size();
    }
}
