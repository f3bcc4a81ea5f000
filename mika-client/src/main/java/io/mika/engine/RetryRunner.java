package io.mika.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands to one consumer what is its own of a partition of the retry topic or the dead letter queue, in the order in which
 * it is due. What is not due, or has no room, waits with the poll thread.
 */
final class RetryRunner extends Runner {
    /** So many are kept ready to be handed out. */
    private static final int MOST_READY = 1_000;

    private final RetryConsumer consumer;
    private final int maxInFlight;
    private final Queue<WaitingRecord> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger readyCount = new AtomicInteger();
    /** The poll thread has more that is due: tell it when there is room. */
    private volatile boolean wanted;

    // Of the poll thread
    private final PriorityQueue<WaitingRecord> waiting =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));

    /** Open beyond their calls, or they were; the turn's own. */
    private final List<Handed> open = new ArrayList<>();

    private record Handed(Chunk chunk, int index) {
        boolean isOpen() {
            return chunk.state(index).isOpen();
        }
    }

    RetryRunner(Lane lane, RetryConsumer consumer, LaneContext context) {
        super(lane, context, consumer.dispatch());
        this.consumer = consumer;
        this.maxInFlight = consumer.binding().options().maxInFlight();
    }

    // ---- the poll thread

    void wait(WaitingRecord record) {
        waiting.add(record);
        consumer.waiting().add(record);
    }

    /** Makes ready what is due, as far as there is room. */
    void wake(long now) {
        wanted = false;
        boolean woke = false;
        for (WaitingRecord next = waiting.peek(); next != null && now - next.due() >= 0; next = waiting.peek()) {
            if (readyCount.get() >= MOST_READY) {
                wanted = true;
                if (readyCount.get() >= MOST_READY) {
                    break;
                }
            }
            waiting.remove();
            consumer.waiting().remove(next);
            readyCount.incrementAndGet();
            ready.add(next);
            woke = true;
        }
        if (woke) {
            leave(State.IDLE);
        }
    }

    long wakesAt() {
        WaitingRecord next = waiting.peek();
        return next == null || wanted ? HandOut.NEVER : next.due();
    }

    /** The lane is over: lets go of what waits. */
    void forget() {
        stopRunning();
        waiting.forEach(consumer.waiting()::remove);
        waiting.clear();
    }

    /** Starts what should be running. */
    void recheck() {
        startRefused();
        recheckStalled();
    }

    /** A delivery was settled: there may be room. Any thread. */
    void recheckStalled() {
        leave(State.STALLED);
    }

    // ---- the turn

    @Override
    boolean handOut() {
        while (!isStopped()) {
            if (open.size() >= maxInFlight && isFull() && stall()) {
                return false;
            }
            WaitingRecord next = ready.poll();
            if (next == null) {
                enter(State.IDLE);
                if (ready.isEmpty() || !stay(State.IDLE)) {
                    return false;
                }
                continue;
            }
            taken();
            if (next.take()) {
                deliver(next);
            }
            if (othersWait()) {
                return true;
            }
        }
        return false;
    }

    private void deliver(WaitingRecord next) {
        calls.deliver(next.chunk(), next.index(), next.record(), next.next());
        Handed handed = new Handed(next.chunk(), next.index());
        if (handed.isOpen()) {
            open.add(handed);
        }
    }

    private void taken() {
        if (readyCount.decrementAndGet() <= MOST_READY / 2 && wanted) {
            wanted = false;
            context.signal();
        }
    }

    private boolean isFull() {
        open.removeIf(handed -> !handed.isOpen());
        return open.size() >= maxInFlight;
    }

    /** True if it stalled; false if there is room again. */
    private boolean stall() {
        enter(State.STALLED);
        return isFull() || !stay(State.STALLED);
    }
}
