package io.mika.engine;

import io.mika.consumer.Settlement;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One partition during one assignment: what was polled and is not yet settled, and how far the commit may go. A
 * partition that leaves and comes back is another lane; a delivery holds the lane that it came from, so what is
 * settled late finds its own lane, discarded, and changes nothing.
 *
 * <p><i>Owned by the poll thread</i>, which is checked; the methods for deliveries and for the runner say so.
 */
final class Lane {
    /** How far a lane has come before its first record. */
    enum Phase {
        /** Where it begins is being looked up. */
        LOOKING_UP,
        /** The start is known, and is committed before anything is handed out. */
        CONFIRMING,
        RUNNING
    }

    /** So many deliveries are worth a look at the room they leave; where there are more than that, so many. */
    private static final int FEW = 128;

    private static final int MANY = 1024;

    private final TopicPartition partition;
    private final LaneContext context;
    private final HandOut handOut;
    private final @Nullable RetryHandOut sorted;

    /** Deliveries whose handler call returned and left them open, and failures under way. Any thread. */
    private final AtomicInteger late = new AtomicInteger();

    private volatile boolean owned = true;
    private volatile boolean progressed;
    /** The poll thread waits for room here, or for the drain: tell it. */
    private volatile boolean watched;

    private final ChunkList chunks = new ChunkList();
    private final Set<PauseReason> pauses = EnumSet.noneOf(PauseReason.class);
    private Inherited inherited = Inherited.NOTHING;
    /** Up to here records may have been handed out before, and not settled. */
    private volatile long redeliveredTo = -1;

    private Phase phase = Phase.LOOKING_UP;
    private final CommitState commit = new CommitState();
    /** Discarded: until then its handlers are waited for. */
    private long handledUntil;

    /** A lane of a consumer's own topic, in order. */
    Lane(TopicPartition partition, Engine.Binding binding, LaneContext context, Dispatch dispatch) {
        this.partition = partition;
        this.context = context;
        this.handOut = new LaneRunner(this, binding, context, dispatch);
        this.sorted = null;
    }

    private Lane(TopicPartition partition, LaneContext context, Function<Lane, ? extends HandOut> handOut) {
        this.partition = partition;
        this.context = context;
        this.handOut = handOut.apply(this);
        this.sorted = this.handOut instanceof RetryHandOut retry ? retry : null;
    }

    /** A lane of a consumer's own topic whose records may overtake each other. */
    static Lane unordered(TopicPartition partition, LaneContext context, Function<Lane, UnorderedHandOut> handOut) {
        return new Lane(partition, context, handOut);
    }

    /** A lane of the retry topic or the dead letter queue: its records are for several consumers. */
    static Lane sorted(TopicPartition partition, LaneContext context, Function<Lane, RetryHandOut> handOut) {
        return new Lane(partition, context, handOut);
    }

    /** Of a lane whose records are for several consumers. */
    @Nullable RetryHandOut sorted() {
        return sorted;
    }

    TopicPartition partition() {
        return partition;
    }

    @Nullable String group() {
        return context.group();
    }

    // ---- any thread

    boolean isOwned() {
        return owned;
    }

    /** Whether the record at the offset may have been handed out before, here or by an earlier owner. */
    boolean isPossiblyRedelivered(long offset) {
        return offset <= redeliveredTo;
    }

    /** Any thread. */
    void extend(OpenDelivery delivery, Duration time) {
        delivery.extendTo(context.nanoTime() + Nanos.of(time));
        delivery.chunk().rememberIfUnknown(delivery);
    }

    /** Deliveries that are open beyond their handler call. */
    int late() {
        return late.get();
    }

    /** Handed to a handler and still running, or open: what a drain waits for. */
    boolean hasHandedOpen() {
        return handOut.isHandling() || late.get() > 0;
    }

    /** The same, but for what is open beyond its deadline. The poll thread's. */
    boolean isWorthWaitingFor(long now) {
        if (!hasHandedOpen()) {
            return false;
        }
        List<OpenRecord> open = handedOpen();
        return open.isEmpty() || open.stream().anyMatch(each -> now - each.deadline() < 0);
    }

    /** Whether a handler may be running right now. */
    boolean isHandling() {
        return handOut.isHandling();
    }

    /** The same of a discarded lane, but for a handler that has run beyond its deadline since. */
    boolean isStillHandling(long now) {
        return isHandling() && now - handledUntil < 0;
    }

    /** A delivery that was open beyond its call was settled. */
    void lateSettled() {
        progressed = true;
        int open = oneLessLate();
        // The last one ends a drain; where many are open, whoever waits for room is told of many at once
        if (watched && (open < FEW || open % (open < MANY ? FEW : MANY) == 0)) {
            context.signal();
        }
    }

    /** Whoever lowers the count tells the runner, which may have stalled on it; also if it had only been raised to try. */
    private int oneLessLate() {
        int open = late.decrementAndGet();
        handOut.roomFor(open);
        return open;
    }

    /** The runner's, before the call; null if nobody wants to know more of this delivery. */
    @Nullable Observed observe(OpenDelivery delivery, Interception interception) {
        Observed observed = interception.delivering(delivery);
        if (observed != null) {
            Chunk chunk = delivery.chunk();
            chunk.observe(delivery.index(), observed);
            // Whoever discards it looks at who observes it only after it is discarded
            if (delivery.isDiscarded()) {
                context.complete(chunk, delivery.index(), Settlement.NOT_OWNED);
            }
        }
        return observed;
    }

    boolean isObserved() {
        return context.interception() != null;
    }

    /** The runner's: the call returned; if the delivery is open, it is open beyond its call from here on. */
    void returned(Chunk chunk, int index) {
        if (chunk.state(index) == SettleState.OPEN) {
            late.incrementAndGet();
            if (!chunk.move(index, SettleState.OPEN, SettleState.LATE)) {
                oneLessLate();
            }
        }
    }

    /** Something was settled; wakes the poll thread only if it waits for that. */
    void progressed() {
        progressed = true;
        if (watched) {
            context.signal();
        }
    }

    /**
     * Fails a delivery. The second call gets the first one's future: a future is made known before the state changes,
     * and whoever loses the race for the state completes it.
     */
    CompletableFuture<Settlement> fail(Failure failure) {
        Chunk chunk = failure.chunk();
        int index = failure.index();
        if (!chunk.state(index).isOpen()) {
            return CompletableFuture.completedFuture(failure.delivery().refused());
        }
        CompletableFuture<Settlement> mine = new CompletableFuture<>();
        CompletableFuture<Settlement> earlier = chunk.failures().putIfAbsent(index, mine);
        if (earlier != null) {
            return earlier.copy();
        }
        if (startFailing(chunk, index)) {
            Observed observed = chunk.observed(index);
            if (observed != null) {
                observed.failing(failure.reason());
            }
            context.failed(failure);
        } else {
            chunk.failures().remove(index, mine);
            mine.complete(failure.delivery().refused());
        }
        return mine.copy();
    }

    private boolean startFailing(Chunk chunk, int index) {
        if (chunk.move(index, SettleState.LATE, SettleState.FAILING)) {
            return true;
        }
        late.incrementAndGet();
        if (chunk.move(index, SettleState.OPEN, SettleState.FAILING)) {
            return true;
        }
        oneLessLate();
        // The call may have returned between the two attempts
        return chunk.move(index, SettleState.LATE, SettleState.FAILING);
    }

    /** The brokers have what failed: it is settled. False if it is not ours any more. */
    boolean written(Chunk chunk, int index) {
        if (!chunk.move(index, SettleState.FAILING, SettleState.WRITTEN)) {
            return false;
        }
        lateSettled();
        return true;
    }

    /** The failure leads to another attempt here. */
    void again(WaitingRecord record) {
        if (record.chunk().move(record.index(), SettleState.FAILING, SettleState.WAITING)) {
            handOut.again(record);
            oneLessLate();
        }
    }

    /** Takes what waits out of the queue, to be written elsewhere; false if it is not ours any more. */
    boolean park(Chunk chunk, int index) {
        late.incrementAndGet();
        if (chunk.move(index, SettleState.WAITING, SettleState.FAILING)) {
            chunk.forget(index);
            return true;
        }
        oneLessLate();
        return false;
    }

    /** There is no way for the failure to go: the delivery is open again, as if its call had just returned. */
    void reopen(Chunk chunk, int index) {
        chunk.move(index, SettleState.FAILING, SettleState.LATE);
    }

    // ---- the poll thread

    CommitState commit() {
        return commit;
    }

    Set<PauseReason> pauses() {
        context.assertPollThread();
        return pauses;
    }

    /** Where the next poll goes on. */
    Mark position() {
        return chunks.position();
    }

    Phase phase() {
        return phase;
    }

    /** The group has a committed offset: the lane goes on there, and the brokers hold it already. */
    void resumeAt(OffsetAndMetadata committed, Inherited text) {
        beginAt(Mark.of(committed));
        commit.inherit(committed);
        inherited = text;
        redeliveredTo = text.dispatched();
    }

    /** A start was found; nothing is handed out before the brokers confirmed its commit. */
    void startAt(Mark start) {
        beginAt(start);
    }

    private void beginAt(Mark start) {
        context.assertPollThread();
        chunks.beginAt(start);
        phase = Phase.CONFIRMING;
    }

    boolean isStartConfirmed(boolean commitsNothing) {
        return commitsNothing || commit.confirmed() != null;
    }

    /** Nothing that comes is handed out any more before the brokers confirmed a start. */
    void confirmStart() {
        phase = Phase.CONFIRMING;
    }

    void run() {
        phase = Phase.RUNNING;
    }

    /** Whether the watermark means anything yet. */
    boolean isCommittable() {
        return phase != Phase.LOOKING_UP;
    }

    int heldRecords() {
        return chunks.heldRecords();
    }

    long heldBytes() {
        return chunks.heldBytes();
    }

    /** Whether nothing is queued or open. */
    boolean isIdle() {
        return chunks.heldRecords() == 0;
    }

    boolean isDisabled() {
        return handOut.isDisabled();
    }

    /** See {@link HandOut#hasProbes}. */
    boolean hasProbes() {
        return handOut.hasProbes();
    }

    /** Starts what should be running. */
    void nudge() {
        handOut.nudge();
    }

    /** Starts what waited for its time. */
    void wake(long now) {
        handOut.wake(now);
    }

    /** When {@link #wake} is wanted next. */
    long wakesAt() {
        return handOut.wakesAt();
    }

    /**
     * Takes what was polled, in pieces of bounded size, and hands it over; how many of it were settled before this
     * assignment.
     */
    int offer(List<ConsumerRecord<byte[], byte[]>> records, Limits limits) {
        context.assertPollThread();
        if (!records.isEmpty() && Epochs.of(records.get(0)) < position().epoch()) {
            inherited = inherited.doubted(); // in a log epochs do not fall
        }
        int settled = 0;
        int from = 0;
        while (from < records.size()) {
            int to = from;
            long bytes = 0;
            while (to < records.size() && to - from < limits.chunkRecords() && bytes < limits.chunkBytes()) {
                bytes += Chunk.bytes(records.get(to));
                to++;
            }
            Chunk chunk = chunk(records, from, to, bytes);
            chunks.append(chunk);
            settled += inherited.settle(chunk);
            handOut.enqueue(chunk);
            from = to;
        }
        handOut.activate();
        if (settled > 0) {
            progressed();
        }
        return settled;
    }

    private Chunk chunk(List<ConsumerRecord<byte[], byte[]>> records, int from, int to, long bytes) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        ConsumerRecord<byte[], byte[]>[] slice = records.subList(from, to).toArray(new ConsumerRecord[0]);
        return new Chunk(this, slice, bytes, sorted != null);
    }

    /** The consumer's position after a poll; it may have moved on without a record. */
    void advanceTo(Mark next) {
        context.assertPollThread();
        chunks.advanceTo(next);
    }

    /** Takes the mark that something was settled; true once per signal. */
    boolean takeProgress() {
        if (!progressed) {
            return false;
        }
        progressed = false;
        return true;
    }

    /** Lets go of what is settled and moves the watermark. */
    void sweep() {
        context.assertPollThread();
        chunks.sweep();
    }

    /** Up to here everything is settled: what may be committed. */
    Mark watermark() {
        context.assertPollThread();
        return chunks.watermark();
    }

    /** Once a second: notes how far the hand-out has come, by which the age of what is open is known. */
    void look(long now) {
        context.assertPollThread();
        chunks.look(now);
    }

    /** The name of the thread that runs the call with this record; null if none does, or it is not known. */
    @Nullable String handlerOf(OpenRecord open) {
        OpenDelivery delivery = open.delivery();
        OpenTime time = delivery == null ? null : delivery.time();
        Thread known = time == null ? null : time.caller();
        Thread thread = known == null ? handOut.handler() : known;
        return !open.inCall() || thread == null ? null : thread.getName();
    }

    /** Everything that was handed out and is open, in offset order, with the time it was handed out at the earliest. */
    List<OpenRecord> handedOpen() {
        context.assertPollThread();
        return chunks.handedOpen(partition, unrememberedDeadline());
    }

    /** The first that was handed out and is open; null if there is none. */
    @Nullable OpenRecord oldestOpen() {
        context.assertPollThread();
        return chunks.oldestOpen(partition, unrememberedDeadline());
    }

    /**
     * After how many nanoseconds a record counts as stuck whose delivery is not remembered. Where records are several
     * consumers' all deliveries are: the others are on their way elsewhere, and their write tells of itself.
     */
    private long unrememberedDeadline() {
        return Nanos.of(sorted == null ? handOut.ackDeadline() : ChronoUnit.FOREVER.getDuration());
    }

    /** What is settled above the watermark, with what was before this assignment and was not reached yet. */
    SettledRanges settled() {
        context.assertPollThread();
        return chunks.settled().merge(inherited.settled().from(position().offset()));
    }

    /** How many records are settled at or above the offset, at which one of the {@linkplain #settled ranges} begins. */
    long settledRecordsFrom(long offset) {
        return chunks.settledRecordsFrom(offset);
    }

    /** See {@link ChunkList#waiting}. */
    WaitingRows waiting() {
        context.assertPollThread();
        return chunks.waiting();
    }

    /** The highest offset that was handed out at any time, as far as is known; -1 for none. */
    long dispatched() {
        return Math.max(chunks.handedBelow() - 1, inherited.dispatched());
    }

    /** See {@link ChunkList#resetTo}. What the log was before it says nothing of what it is. */
    void resetTo(Mark start) {
        context.assertPollThread();
        redeliveredTo = Math.max(redeliveredTo, dispatched());
        inherited = inherited.doubted();
        chunks.resetTo(start);
    }

    /** What a test checks after each step. */
    boolean isConsistent() {
        return chunks.isConsistent();
    }

    /** Reports progress to the poll thread from now on, or no longer. */
    void watch(boolean on) {
        watched = on;
    }

    /** Hands out nothing more. */
    void stop() {
        context.assertPollThread();
        watch(true);
        handOut.stop();
    }

    /**
     * The end of this assignment: whatever is open now is {@code NOT_OWNED}. What was acked before is below the
     * watermark or above a discarded record, which no watermark passes.
     */
    void discard() {
        context.assertPollThread();
        owned = false;
        handOut.stop();
        if (isHandling()) {
            handledUntil = lastDeadline(context.nanoTime());
        }
        chunks.discard();
    }

    /** From then on what handlers have taken up by now is past its deadline, also if they have settled it. */
    private long lastDeadline(long now) {
        long last = now + Nanos.of(handOut.ackDeadline());
        for (OpenRecord open : handedOpen()) {
            last = open.inCall() && open.deadline() - last > 0 ? open.deadline() : last;
        }
        return last;
    }

    /** After {@link #discard} and the last commit: lets go of the records, whoever may still hold a delivery. */
    void release() {
        context.assertPollThread();
        chunks.release();
    }

    /** Moves a record out of our hands, completing the failure that may be under way. */
    void discard(Chunk chunk, int index) {
        for (; ; ) {
            SettleState state = chunk.state(index);
            if (state.isFinal()) {
                return;
            }
            if (chunk.move(index, state, SettleState.DISCARDED)) {
                if (state.isCountedOpen()) {
                    oneLessLate();
                }
                if (state == SettleState.FAILING || chunk.observed(index) != null) {
                    context.complete(chunk, index, Settlement.NOT_OWNED);
                }
                return;
            }
        }
    }

    @Override
    public String toString() {
        return partition + chunks.toString() + pauses;
    }
}
