package io.mika.engine;

import io.mika.consumer.Ordering;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the records of a lane on several threads at once, or in batches; of those with the same key, where that is
 * asked for, one after another. A record whose key is busy steps aside and lets others pass. <i>Thread-safe</i>, under the workers' lock.
 */
final class UnorderedHandOut extends Workers implements HandOut {
    private static final Comparator<WaitingRecord> BY_OFFSET =
            Comparator.comparingLong(waiting -> waiting.record().offset());

    private final Attempt first;
    private final boolean byKey;
    /** What is to be handed out again comes before anything new; with a single worker that is the order of the log. */
    private final boolean inOrder;

    private final long batchWait;
    private final Queue<Chunk> inbox = new ArrayDeque<>();
    /** Records of the inbox that were not looked at. */
    private int unseen;

    private @Nullable Chunk current;
    /** What can be handed out before anything new. */
    private final Queue<WaitingRecord> ready;
    /** What is to be handed out again, and not yet; its key is busy. */
    private final PriorityQueue<WaitingRecord> backingOff =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));
    /** The busy keys, each with what waits for it. */
    private final Map<ByteBuffer, Queue<WaitingRecord>> keys = new HashMap<>();

    UnorderedHandOut(Lane lane, Engine.Binding binding, LaneContext context, Dispatch dispatch, int concurrency) {
        super(
                lane,
                binding,
                context,
                dispatch,
                concurrency,
                concurrency > 1 || Attempt.first(binding, null).actsOnDeadline());
        Ordering ordering = binding.options().ordering();
        this.first = Attempt.first(binding, dispatch.gate().outage());
        this.byKey = ordering == Ordering.KEY;
        this.inOrder = ordering == Ordering.PARTITION;
        this.ready = inOrder ? new PriorityQueue<>(BY_OFFSET) : new ArrayDeque<>();
        this.batchWait = Nanos.of(binding.options().batchWait());
    }

    // ---- what the lane asks

    @Override
    public void enqueue(Chunk chunk) {
        lock.lock();
        try {
            if (batchRecords > 0) {
                chunk.startedAt(context.nanoTime()); // a batch waits no longer than so long from here
            }
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
            ByteBuffer key = key(record.record());
            Queue<WaitingRecord> queue = key == null ? null : keys.get(key);
            if (queue != null) {
                queue.add(record); // before whatever came after it and waits for its key
            } else {
                if (key != null) {
                    makeBusy(key);
                }
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
            if (isHeldBack() || (ready.isEmpty() && !isRipe(now))) {
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
            return Math.min(Math.min(permittedAt(), ripeAt()), next == null ? NEVER : next.due());
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
    public boolean hasProbes() {
        return gate().isInOutage() && (isWorking() || hasQueued());
    }

    private boolean hasQueued() {
        lock.lock();
        try {
            return available() > 0 || !backingOff.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Duration ackDeadline() {
        return first.binding().options().ackDeadline();
    }

    @Override
    public @Nullable Thread handler() {
        return worker(); // where there are several, each delivery knows its own
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
    int worthStarting() {
        if (batchRecords == 0) {
            return available();
        }
        int whole = unseen / batchRecords + (ready.isEmpty() ? 0 : 1);
        return whole == 0 && isRipe(context.nanoTime()) ? 1 : whole;
    }

    /** Whether a batch is worth handing out: it is full, or has waited for long enough, or comes again. */
    private boolean isRipe(long now) {
        if (!ready.isEmpty()) {
            return true;
        }
        boolean mayBegin = batchRecords > 0 && unseen > 0 && !(inOrder && !backingOff.isEmpty());
        return mayBegin && (unseen >= batchRecords || now - waitsUntil() >= 0);
    }

    @Override
    boolean waitsForMore() {
        return unseen > 0 && !isRipe(context.nanoTime());
    }

    /** When the first record that was not looked at has waited for as long as a batch may. */
    private long waitsUntil() {
        Chunk chunk = current == null || current.handed() == current.size ? inbox.peek() : current;
        return chunk == null ? NEVER : chunk.handedAt() + batchWait;
    }

    /** When a smaller batch is to be handed out; never once that is over, for then a worker has seen it, or will. */
    private long ripeAt() {
        long now = context.nanoTime();
        return batchRecords == 0 || unseen == 0 || isRipe(now) || (inOrder && !backingOff.isEmpty())
                ? NEVER
                : waitsUntil();
    }

    @Override
    List<OpenDelivery> nextBatch(int atMost, BooleanSupplier permitted) {
        if (!isRipe(context.nanoTime())) {
            return List.of();
        }
        if (!ready.isEmpty()) {
            return collect(atMost, permitted, this::nextReady);
        }
        Set<ByteBuffer> mine = new HashSet<>();
        return collect(atMost, permitted, () -> nextUnseen(mine));
    }

    @Override
    void returned(List<OpenDelivery> batch) {
        if (!byKey) {
            return; // nothing waits for the end of another
        }
        Set<ByteBuffer> seen = new HashSet<>();
        for (OpenDelivery delivery : batch) {
            ByteBuffer key = key(delivery.record());
            if (key != null && seen.add(key)) {
                returned(delivery);
            }
        }
    }

    @Override
    int openBeyondCalls() {
        return lane.late();
    }

    @Override
    @Nullable OpenDelivery next() {
        OpenDelivery delivery = nextReady();
        return delivery == null ? nextUnseen(Set.of()) : delivery;
    }

    private @Nullable OpenDelivery nextReady() {
        for (WaitingRecord record = ready.poll(); record != null; record = ready.poll()) {
            OpenDelivery delivery = record.take();
            if (delivery != null) {
                return delivery;
            }
            makeFree(record.record()); // discarded meanwhile
        }
        return null;
    }

    /** @param mine keys of the batch that is being made, of which more may be added */
    private @Nullable OpenDelivery nextUnseen(Set<ByteBuffer> mine) {
        for (Chunk chunk = chunk(); chunk != null; chunk = chunk()) {
            int index = chunk.handed();
            if (index == 0 && batchRecords == 0) {
                chunk.startedAt(context.nanoTime());
            }
            ConsumerRecord<byte[], byte[]> record = chunk.record(index);
            chunk.handedTo(index + 1);
            unseen--;
            if (record != null && chunk.state(index) == SettleState.OPEN) {
                Queue<WaitingRecord> queue = queueOfBusyKey(record, mine);
                if (queue == null) {
                    return new OpenDelivery(chunk, index, record, first);
                }
                if (chunk.move(index, SettleState.OPEN, SettleState.WAITING)) {
                    queue.add(new WaitingRecord(chunk, index, record, first, chunk.handedAt()));
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

    /** Where the record steps aside if its key is busy, but for the same batch; else null, and its key is busy now. */
    private @Nullable Queue<WaitingRecord> queueOfBusyKey(ConsumerRecord<byte[], byte[]> record, Set<ByteBuffer> mine) {
        ByteBuffer key = key(record);
        if (key == null) {
            return null;
        }
        Queue<WaitingRecord> queue = keys.get(key);
        if (queue != null && !(queue.isEmpty() && mine.contains(key))) {
            return queue;
        }
        makeBusy(key);
        if (batchRecords > 0) {
            mine.add(key);
        }
        return null;
    }

    private void makeBusy(ByteBuffer key) {
        keys.put(key, new PriorityQueue<>(1, BY_OFFSET));
    }

    @Override
    void returned(OpenDelivery delivery) {
        makeFree(delivery.record());
    }

    private void makeFree(ConsumerRecord<byte[], byte[]> record) {
        ByteBuffer key = key(record);
        Queue<WaitingRecord> queue = key == null ? null : keys.get(key);
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
    private @Nullable ByteBuffer key(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = byKey ? record.key() : null;
        return key == null ? null : ByteBuffer.wrap(key);
    }
}
