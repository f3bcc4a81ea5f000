package io.mika.engine;

import io.mika.consumer.Settlement;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that were polled together, with the state of each: the unit that is handed over, swept and
 * let go.
 *
 * <p>The states are settled from any thread, by compare-and-set. The records and the hand-over index belong to the
 * lane's runner until it is {@linkplain #handed()} through; everything about sweeping belongs to the poll thread.
 *
 * <p>A swept chunk gives up its records as they are settled. Once only a few stay open it is {@linkplain #thin thinned}:
 * what remains is an entry per open record, so that one of them pins neither the others nor their bytes.
 */
final class Chunk {
    /** What a record costs beside its key and value, in bytes; about what the objects around it weigh. */
    static final int RECORD_OVERHEAD = 96;

    private static final VarHandle STATES = MethodHandles.arrayElementVarHandle(byte[].class);

    final Lane lane;
    final int size;
    /** The offset of the first record. */
    final long start;
    /** The offset after the last record. */
    private long end;

    private int endEpoch;
    private final byte[] states;
    private @Nullable ConsumerRecord<byte[], byte[]> @Nullable [] records;
    private final AtomicInteger handed = new AtomicInteger();
    private volatile long handedAt;
    private final FewRecords<CompletableFuture<Settlement>> failures;
    /** Deliveries of which more is to be known than when their chunk was handed out. */
    private final FewRecords<OpenDelivery> remembered;

    /** How far the hand-out had come when it was looked at; the poll thread's. */
    private final List<Look> looks = new ArrayList<>(0);

    private record Look(int handed, long at) {}

    /** Those who are told what becomes of a delivery, by index; null in a client without interceptors. */
    private final @Nullable AtomicReferenceArray<@Nullable Observed> observed;

    // Of the poll thread
    private int head;
    /** Records at and above this index were cut off; the chunk ends before them. */
    private int limit;

    private boolean letGo;
    private @Nullable OpenEntries thin;
    private Mark settledBelow = Mark.NONE;
    private long heldBytes;
    private int heldRecords;

    /** Records of the complete chunks that this one took in. */
    private long absorbed;

    @Nullable Chunk next;

    /** @param sorted its records wait, each for its own consumer, and not in the order of their offsets */
    Chunk(Lane lane, ConsumerRecord<byte[], byte[]>[] records, long bytes, boolean sorted) {
        this.lane = lane;
        this.records = records;
        this.size = records.length;
        this.limit = size;
        this.states = new byte[size];
        this.failures = new FewRecords<>(size);
        this.remembered = new FewRecords<>(size);
        this.observed = lane.isObserved() ? new AtomicReferenceArray<>(size) : null;
        if (sorted) {
            Arrays.fill(states, SettleState.WAITING.code());
            handed.lazySet(size);
        }
        this.start = records[0].offset();
        ConsumerRecord<byte[], byte[]> last = records[size - 1];
        this.end = last.offset() + 1;
        this.endEpoch = Epochs.of(last);
        this.heldBytes = bytes;
        this.heldRecords = size;
    }

    static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return (long) Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize())
                + RECORD_OVERHEAD;
    }

    // ---- any thread

    SettleState state(int index) {
        return SettleState.of((byte) STATES.getVolatile(states, index));
    }

    boolean move(int index, SettleState from, SettleState to) {
        return STATES.compareAndSet(states, index, from.code(), to.code());
    }

    /** The futures of failures under way, failures being rare. */
    FewRecords<CompletableFuture<Settlement>> failures() {
        return failures;
    }

    /** From here on more is known of the delivery; it takes the place of an earlier one. */
    void remember(int index, OpenDelivery delivery) {
        remembered.set(index, delivery);
    }

    /** The record is in no handler's hands any more. */
    void forget(int index) {
        remembered.remove(index);
    }

    /** An earlier one of the record that is remembered stays. */
    void rememberIfUnknown(OpenDelivery delivery) {
        remembered.putIfAbsent(delivery.index(), delivery);
    }

    /** Who observes the delivery; null for nobody. */
    @Nullable Observed observed(int index) {
        return observed == null ? null : observed.get(index);
    }

    /** The delivery is over; whoever gets the answer tells it. */
    @Nullable Observed takeObserved(int index) {
        return observed == null ? null : observed.getAndSet(index, null);
    }

    // ---- the runner

    void observe(int index, Observed by) {
        Objects.requireNonNull(observed).set(index, by);
    }

    /** How many records were handed to the handler. */
    int handed() {
        return handed.get();
    }

    @Nullable ConsumerRecord<byte[], byte[]> record(int index) {
        @Nullable ConsumerRecord<byte[], byte[]> @Nullable [] all = records;
        return all == null ? null : all[index];
    }

    void handedTo(int count) {
        handed.lazySet(count);
    }

    void startedAt(long nanos) {
        handedAt = nanos;
    }

    // ---- the poll thread

    /** Of a chunk that was not handed over yet. */
    ConsumerRecord<byte[], byte[]> requireRecord(int index) {
        return Objects.requireNonNull(record(index));
    }

    /** Settles a record that was settled before this assignment; it is never handed out. */
    boolean settleBeforeHandOver(int index) {
        return move(index, state(index), SettleState.ACKED);
    }

    long end() {
        return end;
    }

    /** The index after the last record. */
    int limit() {
        return limit;
    }

    /** The offset after the last record that was handed out, or may have been; -1 if none was. */
    long handedBelow() {
        int upTo = Math.min(handed(), limit);
        if (upTo == 0) {
            return -1;
        }
        if (upTo == limit || records == null) {
            return end;
        }
        ConsumerRecord<byte[], byte[]> last = record(upTo - 1);
        return last == null ? settledBelow.offset() : last.offset() + 1;
    }

    /** How many records are settled before the first that is not. */
    int settledAtFront() {
        return head;
    }

    /** How many records are settled, of those that it had when it was made or taken in since. */
    long settledRecords() {
        long[] open = {0};
        forEachUnsettled((index, offset) -> open[0]++);
        return limit + absorbed - open[0];
    }

    boolean isComplete() {
        return head >= limit;
    }

    int heldRecords() {
        return heldRecords;
    }

    long heldBytes() {
        return heldBytes;
    }

    long handedAt() {
        return handedAt;
    }

    /** Once a second: when what was handed out by now was handed out at the latest. */
    void look(long now) {
        int upTo = handed();
        if (upTo > (looks.isEmpty() ? 0 : looks.get(looks.size() - 1).handed())) {
            looks.add(new Look(upTo, now));
        }
        while (!looks.isEmpty() && looks.get(0).handed() <= head) {
            looks.remove(0);
        }
    }

    /** A record that was handed out and is open. */
    OpenRecord open(TopicPartition partition, int index, long offset, long deadline) {
        boolean inCall = state(index) == SettleState.OPEN;
        OpenDelivery delivery = remembered.get(index);
        OpenTime time = delivery == null ? null : delivery.time();
        if (delivery == null || time == null) {
            long since = handedAt(index);
            return new OpenRecord(partition, offset, since, since + deadline, inCall, delivery);
        }
        long since = time.startedAt().orElse(handedAt(index));
        long own = Nanos.of(delivery.is().binding().options().ackDeadline());
        return new OpenRecord(partition, offset, since, time.deadline(since + own), inCall, delivery);
    }

    /** A second too late at most, and not before the chunk was begun. */
    private long handedAt(int index) {
        for (Look look : looks) {
            if (index < look.handed()) {
                return look.at();
            }
        }
        return looks.isEmpty() ? handedAt : looks.get(looks.size() - 1).at();
    }

    /** Where the settled records at the beginning of this chunk end; {@link Mark#NONE} if its first one is open. */
    Mark settledBelow() {
        return settledBelow;
    }

    /** Lets go of what was settled since the last sweep. */
    void sweep() {
        OpenEntries entries = thin;
        if (entries != null) {
            sweepThin(entries);
            return;
        }
        int from = head;
        while (head < limit && state(head).isSettled()) {
            head++;
        }
        if (head >= limit) {
            complete();
            return;
        }
        if (head > from) {
            releaseSettled(from);
        }
        if (letGo) {
            thin(open(limit));
        } else if (handed() == size) {
            thinIfFewAreOpen();
        }
    }

    private void complete() {
        head = limit;
        records = null;
        thin = null;
        heldRecords = 0;
        heldBytes = 0;
        settledBelow = new Mark(end, endEpoch);
    }

    private void releaseSettled(int from) {
        @Nullable ConsumerRecord<byte[], byte[]>[] all = dense();
        ConsumerRecord<byte[], byte[]> last = Objects.requireNonNull(all[head - 1]);
        settledBelow = new Mark(last.offset() + 1, Epochs.of(last));
        for (int i = from; i < head; i++) {
            heldBytes -= bytes(Objects.requireNonNull(all[i]));
            heldRecords--;
            all[i] = null;
        }
    }

    /** Keeps none of its records from the next sweep on: those who want one have it, or read it again. */
    void letGo() {
        letGo = true;
    }

    private void thinIfFewAreOpen() {
        int few = Math.max(1, size / 8);
        int open = open(few);
        if (open <= few) {
            thin(open);
        }
    }

    /** How many are open; where there are more than asked for it looks no further, and says one more. */
    private int open(int atMost) {
        int open = 0;
        for (int i = head; i < limit && open <= atMost; i++) {
            if (!state(i).isSettled()) {
                open++;
            }
        }
        return open;
    }

    private void thin(int open) {
        @Nullable ConsumerRecord<byte[], byte[]>[] all = dense();
        OpenEntries entries = new OpenEntries(open);
        Mark preceding = settledBelow;
        for (int i = head; i < limit; i++) {
            ConsumerRecord<byte[], byte[]> record = Objects.requireNonNull(all[i]);
            if (!state(i).isSettled()) {
                if (entries.isFull()) {
                    return; // one was opened again meanwhile: try at the next sweep
                }
                entries.add(i, record.offset(), bytes(record), preceding);
            }
            preceding = new Mark(record.offset() + 1, Epochs.of(record));
        }
        thin = entries;
        records = null;
        forgetSettled();
        sweepThin(entries);
    }

    /** So that what is remembered of the settled ones does not pin their records. */
    private void forgetSettled() {
        for (int i = 0; i < size; i++) {
            if (state(i).isSettled()) {
                remembered.remove(i);
            }
        }
    }

    private void sweepThin(OpenEntries entries) {
        entries.dropSettled(this);
        if (entries.isEmpty()) {
            complete();
            return;
        }
        head = entries.index(0);
        settledBelow = entries.preceding(0);
        heldRecords = entries.count();
        heldBytes = entries.bytes();
    }

    private @Nullable ConsumerRecord<byte[], byte[]>[] dense() {
        return Objects.requireNonNull(records);
    }

    /**
     * Forgets what lies at or above the place, open or settled; what is open below stays. Only for a place inside this
     * chunk, which ends there from now on.
     */
    void cutAt(Mark place) {
        long offset = place.offset();
        forEachUnsettled((index, at) -> {
            if (at >= offset) {
                lane.discard(this, index);
            }
        });
        OpenEntries entries = thin;
        if (entries != null) {
            entries.cutAt(offset);
        } else if (records != null) {
            cutDense(offset);
        }
        end = offset;
        endEpoch = place.epoch();
        if (isComplete()) {
            complete();
        } else {
            sweep();
        }
    }

    private void cutDense(long offset) {
        @Nullable ConsumerRecord<byte[], byte[]>[] all = dense();
        int cut = limit;
        while (cut > head && Objects.requireNonNull(all[cut - 1]).offset() >= offset) {
            cut--;
            heldBytes -= bytes(Objects.requireNonNull(all[cut]));
            heldRecords--;
        }
        limit = cut;
    }

    /** Tells what was handed to the handler and is open. */
    void forEachHandedOpen(Visitor visitor) {
        int upTo = handed();
        forEachUnsettled((index, offset) -> {
            if (index < upTo && state(index).isOpen()) {
                visitor.visit(index, offset);
            }
        });
    }

    /** Tells every offset that is not settled, in order: open, or discarded and so never to be passed. */
    void forEachUnsettled(Visitor visitor) {
        OpenEntries entries = thin;
        if (entries != null) {
            for (int i = 0; i < entries.count(); i++) {
                if (!state(entries.index(i)).isSettled()) {
                    visitor.visit(entries.index(i), entries.offset(i));
                }
            }
            return;
        }
        for (int i = head; i < limit; i++) {
            if (!state(i).isSettled()) {
                visitor.visit(i, Objects.requireNonNull(dense()[i]).offset());
            }
        }
    }

    /** Lets go of the records; the states stay for the deliveries that are still held. */
    void release() {
        records = null;
    }

    /** Takes in the complete chunk behind this complete one, so that an hour of records is one entry. */
    void absorb(Chunk behind) {
        absorbed += behind.limit + behind.absorbed;
        end = behind.end;
        endEpoch = behind.endEpoch;
        settledBelow = new Mark(end, endEpoch);
        next = behind.next;
    }

    interface Visitor {
        void visit(int index, long offset);
    }
}
