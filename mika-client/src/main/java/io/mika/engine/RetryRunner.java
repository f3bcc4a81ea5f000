package io.mika.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands to one consumer what is its own of a partition of the retry topic or the dead letter queue, in the order in which
 * it is due. What is not due, or has no room, waits with the poll thread.
 */
final class RetryRunner extends Workers {
    /** So many are kept ready to be handed out. */
    private static final int MOST_READY = 1_000;

    private final Engine.Binding consumer;

    // Under the lock
    private final Deque<WaitingRecord> ready = new ArrayDeque<>();
    /** Open beyond their calls, or they were. */
    private final List<OpenDelivery> open = new ArrayList<>();

    /** The poll thread has more that is due: tell it when there is room. */
    private volatile boolean wanted;

    // Of the poll thread
    private final WaitingQueue waiting;

    /** @param waiting for this consumer, in the lane's partition */
    RetryRunner(Lane lane, RetryConsumer consumer, WaitingQueue waiting, LaneContext context) {
        super(lane, consumer.binding(), context, consumer.dispatch(), consumer.concurrency(), true);
        this.consumer = consumer.binding();
        this.waiting = waiting;
    }

    // ---- the poll thread

    /** What is not handed out yet. */
    WaitingQueue waiting() {
        return waiting;
    }

    /** Makes ready what is due, as far as there is room. */
    void wake(long now) {
        startIfPermitted(now);
        waiting.advance(now);
        if (!waiting.isDue(now)) {
            return;
        }
        lock.lock();
        try {
            WaitingRecord next = null;
            while (ready.size() < MOST_READY && (next = waiting.takeDue(now)) != null) {
                ready.add(next);
            }
            wanted = waiting.isDue(now);
        } finally {
            lock.unlock();
        }
        start();
    }

    /** Lets go of these, but for what is in a handler's hands. */
    void park(WaitingQueue.Parked which, long now, Consumer<WaitingRecord> told) {
        List<WaitingRecord> taken;
        lock.lock();
        try {
            taken = ready.stream().filter(record -> record.isAmong(which)).toList();
            ready.removeAll(new HashSet<>(taken));
        } finally {
            lock.unlock();
        }
        taken.forEach(told);
        waiting.park(which, now);
    }

    long wakesAt() {
        return Math.min(permittedAt(), wanted ? HandOut.NEVER : waiting.wakesAt());
    }

    /** The lane is over: lets go of what waits. */
    void forget() {
        stopWorking();
        waiting.clear();
    }

    // ---- any thread

    boolean isOf(Engine.Binding binding) {
        return consumer.equals(binding);
    }

    /** A record that is to be handed out again, before the others, as soon as one may be. */
    void again(WaitingRecord record) {
        lock.lock();
        try {
            ready.addFirst(record);
        } finally {
            lock.unlock();
        }
        start();
    }

    // ---- under the lock

    @Override
    int available() {
        return ready.size();
    }

    @Override
    @Nullable OpenDelivery next() {
        OpenDelivery delivery = null;
        while (delivery == null && !ready.isEmpty()) {
            delivery = ready.remove().take();
        }
        if (wanted && ready.size() <= MOST_READY / 2) {
            wanted = false;
            context.signal();
        }
        return delivery;
    }

    @Override
    void returned(OpenDelivery delivery) {
        if (delivery.isOpen()) {
            open.add(delivery);
        }
    }

    @Override
    int openBeyondCalls() {
        open.removeIf(delivery -> !delivery.isOpen());
        return open.size();
    }
}
