package io.mika.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the records of a lane on several threads at once; of those with the same key, where that is asked for, one
 * after another. A record whose key is busy steps aside and lets others pass. <i>Thread-safe</i>, under the workers' lock.
 */
final class UnorderedHandOut extends Workers implements HandOut {
    private final Attempt first;
    private final boolean byKey;
    private final Queue<Chunk> inbox = new ArrayDeque<>();
    /** Records of the inbox that were not looked at. */
    private int unseen;

    private @Nullable Chunk current;
    /** What can be handed out before anything new. */
    private final Queue<WaitingRecord> ready = new ArrayDeque<>();
    /** What is to be handed out again, and not yet; its key is busy. */
    private final PriorityQueue<WaitingRecord> backingOff =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));
    /** The busy keys, each with what waits for it. */
    private final Map<ByteBuffer, Deque<WaitingRecord>> keys = new HashMap<>();

    UnorderedHandOut(
            Lane lane, Engine.Binding binding, LaneContext context, Dispatch dispatch, int concurrency, boolean byKey) {
        super(lane, binding, context, dispatch, concurrency);
        this.first = Attempt.first(binding);
        this.byKey = byKey;
    }

    // ---- what the lane asks

    @Override
    public void enqueue(Chunk chunk) {
        lock.lock();
        try {
            inbox.add(chunk);
            unseen += chunk.size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void activate() {
        start();
    }

    @Override
    public void again(WaitingRecord record) {
        lock.lock();
        try {
            Deque<WaitingRecord> queue = byKey ? keys.get(key(record.record())) : null;
            if (queue != null) {
                queue.addFirst(record); // before whatever waits for its key
            } else {
                makeBusy(record.record());
                backingOff.add(record);
            }
        } finally {
            lock.unlock();
        }
        context.signal(); // for the poll thread to look at the time again
    }

    @Override
    public void wake(long now) {
        startIfPermitted(now);
        lock.lock();
        try {
            for (WaitingRecord next = backingOff.peek();
                    next != null && now - next.due() >= 0;
                    next = backingOff.peek()) {
                ready.add(backingOff.remove());
            }
            if (ready.isEmpty()) {
                return;
            }
        } finally {
            lock.unlock();
        }
        start();
    }

    @Override
    public long wakesAt() {
        lock.lock();
        try {
            WaitingRecord next = backingOff.peek();
            return Math.min(permittedAt(), next == null ? NEVER : next.due());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void roomFor(int open) {
        settled();
    }

    @Override
    public void nudge() {
        startAgain();
    }

    /** What waits is let go of: its lane discards it. */
    @Override
    public void stop() {
        stopWorking();
        lock.lock();
        try {
            inbox.clear();
            unseen = 0;
            current = null;
            ready.clear();
            backingOff.clear();
            keys.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isDisabled() {
        return !gate().isEnabled();
    }

    @Override
    public Duration ackDeadline() {
        return first.binding().options().ackDeadline();
    }

    @Override
    public @Nullable Thread handler() {
        return null; // each delivery knows its own
    }

    @Override
    public boolean isHandling() {
        return isWorking();
    }

    // ---- under the lock

    @Override
    int available() {
        return unseen + ready.size();
    }

    @Override
    int openBeyondCalls() {
        return lane.late();
    }

    @Override
    @Nullable WaitingRecord next() {
        for (WaitingRecord record = ready.poll(); record != null; record = ready.poll()) {
            if (record.take()) {
                return record;
            }
            returned(record); // discarded meanwhile, and its key is free
        }
        return nextUnseen();
    }

    private @Nullable WaitingRecord nextUnseen() {
        for (Chunk chunk = chunk(); chunk != null; chunk = chunk()) {
            int index = chunk.handed();
            if (index == 0) {
                chunk.startedAt(context.nanoTime());
            }
            ConsumerRecord<byte[], byte[]> record = chunk.record(index);
            chunk.handedTo(index + 1);
            unseen--;
            if (record != null && chunk.state(index) == SettleState.OPEN) {
                WaitingRecord waiting = new WaitingRecord(chunk, index, record, first, chunk.handedAt());
                if (!mustWait(waiting)) {
                    return waiting;
                }
            }
        }
        return null;
    }

    private @Nullable Chunk chunk() {
        Chunk chunk = current;
        if (chunk == null || chunk.handed() == chunk.size) {
            if (chunk != null) {
                lane.progressed();
            }
            chunk = inbox.poll();
            current = chunk;
        }
        return chunk;
    }

    /** Steps aside if its key is busy; else makes it busy. */
    private boolean mustWait(WaitingRecord record) {
        Deque<WaitingRecord> queue = byKey ? keys.get(key(record.record())) : null;
        if (queue == null) {
            makeBusy(record.record());
            return false;
        }
        if (record.chunk().move(record.index(), SettleState.OPEN, SettleState.WAITING)) {
            queue.add(record);
        }
        return true;
    }

    private void makeBusy(ConsumerRecord<byte[], byte[]> record) {
        ByteBuffer key = byKey ? key(record) : null;
        if (key != null) {
            keys.put(key, new ArrayDeque<>(0));
        }
    }

    @Override
    void returned(WaitingRecord record) {
        ByteBuffer key = byKey ? key(record.record()) : null;
        Deque<WaitingRecord> queue = key == null ? null : keys.get(key);
        if (key == null || queue == null) {
            return;
        }
        WaitingRecord next = queue.poll();
        if (next == null) {
            keys.remove(key);
        } else if (context.nanoTime() - next.due() >= 0) {
            ready.add(next);
        } else {
            backingOff.add(next);
            context.signal();
        }
    }

    /** Null where there is no order to keep. */
    private static @Nullable ByteBuffer key(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        return key == null ? null : ByteBuffer.wrap(key);
    }
}
