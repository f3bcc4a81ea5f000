package io.mika.engine;

import io.mika.failure.RecordFetch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What waits for its time in one partition of the retry topic or the dead letter queue, for one consumer or for nobody:
 * whole while there is room, else by its place alone, and read again a little before it is due. <i>Owned by the poll
 * thread.</i>
 */
final class WaitingQueue {
    /** So many are read again and not taken yet, of so many bytes, or one. */
    private static final int MOST_AGAIN = 1_000;

    private static final long MOST_BYTES = 1 << 20;

    /** One that is due within this is read again, */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** and with it those that are due within this: many at once are one pass over the log. */
    private static final long WITH_IT_NANOS = 2 * SOON_NANOS;

    private final WaitingBudget budget;
    private final Consumer<List<Asked>> read;
    private final Told told;
    private final PriorityQueue<WaitingRecord> records =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));
    private final PriorityQueue<WaitingPlace> places = new PriorityQueue<>(Comparator.comparingLong(WaitingPlace::due));
    private int asked;
    /** The answers that were not taken yet. */
    private final Set<WaitingRecord> again = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Of what was asked for, and of the answers. */
    private long againBytes;

    private boolean over;

    /** A record that is to be read again. */
    record Asked(WaitingQueue queue, WaitingPlace place) implements RecordFetch.Wanted {
        @Override
        public TopicPartition partition() {
            return place.partition();
        }

        @Override
        public long offset() {
            return place.offset();
        }

        @Override
        public boolean isWanted() {
            return place.isWaiting();
        }
    }

    /**
     * @param budget of all partitions
     * @param read is to call {@link #found} with each, on the poll thread
     */
    WaitingQueue(WaitingBudget budget, Consumer<List<Asked>> read, Told told) {
        this.budget = budget;
        this.read = read;
        this.told = told;
    }

    /** What becomes of it that is not handed out. */
    interface Told {
        /** It cannot be read any more. */
        void gone(WaitingPlace place);

        /** It is to be written anew. */
        void park(WaitingRecord record);
    }

    /** Which records are to be written anew; by their places, for of some no more is here. */
    interface Parked {
        boolean includes(long offset, long writtenAt);
    }

    /** False if only its place is kept. */
    boolean add(WaitingRecord record) {
        if (budget.hasRoomFor(record)) {
            put(record);
            return true;
        }
        add(WaitingPlace.Left.of(record));
        return false;
    }

    private void put(WaitingRecord record) {
        records.add(record);
        budget.add(record);
    }

    void add(WaitingPlace place) {
        places.add(place);
        budget.addPlace();
    }

    /** Takes the next that is due; null if none is, here and whole. */
    @Nullable WaitingRecord takeDue(long now) {
        if (!isDue(now)) {
            return null;
        }
        WaitingRecord record = records.remove();
        removed(record);
        return record;
    }

    private void removed(WaitingRecord record) {
        budget.remove(record);
        if (again.remove(record)) {
            againBytes -= Chunk.bytes(record.record());
        }
    }

    /** Whether one is due, here and whole. */
    boolean isDue(long now) {
        WaitingRecord next = records.peek();
        return next != null && now - next.due() >= 0;
    }

    /** Has read again what is due soon, once everything that is here and due was taken. */
    void advance(long now) {
        WaitingPlace first = places.peek();
        if (first == null || now - asksAt(first) < 0 || isDue(now)) {
            return;
        }
        List<Asked> more = new ArrayList<>();
        for (WaitingPlace next = first; next != null && mayAsk(next, now); next = places.peek()) {
            places.remove();
            asked++;
            againBytes += next.bytes();
            more.add(new Asked(this, next));
        }
        if (!more.isEmpty()) {
            read.accept(more);
        }
    }

    private static long asksAt(WaitingPlace first) {
        return first.due() - SOON_NANOS;
    }

    private boolean mayAsk(WaitingPlace place, long now) {
        return place.due() - now <= WITH_IT_NANOS && hasRoomFor(place);
    }

    private boolean hasRoomFor(WaitingPlace place) {
        int all = asked + again.size();
        return all == 0 || (all < MOST_AGAIN && againBytes + place.bytes() <= MOST_BYTES);
    }

    /** @param record null if there is none any more, or nobody waits for it */
    void found(WaitingPlace place, @Nullable ConsumerRecord<byte[], byte[]> record) {
        if (over) {
            return;
        }
        asked--;
        againBytes -= place.bytes();
        budget.removePlace();
        if (!place.isWaiting()) {
            return; // discarded meanwhile
        }
        WaitingRecord whole = record == null ? null : place.with(record);
        if (whole == null) {
            told.gone(place);
        } else if (place instanceof WaitingPlace.Left left && left.parks()) {
            told.park(whole);
        } else {
            put(whole);
            again.add(whole);
            againBytes += Chunk.bytes(whole.record());
        }
    }

    /** Lets go of these, and tells each, once it is here and whole. */
    void park(Parked which, long now) {
        List<WaitingRecord> here =
                records.stream().filter(record -> record.isAmong(which)).toList();
        records.removeAll(new HashSet<>(here));
        here.forEach(this::removed);
        here.forEach(told::park);
        List<WaitingPlace> left = places.stream()
                .filter(place -> place instanceof WaitingPlace.Left each && !each.parks() && each.isAmong(which))
                .toList();
        places.removeAll(new HashSet<>(left));
        left.forEach(place -> places.add(((WaitingPlace.Left) place).parking(now)));
    }

    /** When something is due next, or is to be read again and there is room for it. */
    long wakesAt() {
        WaitingRecord record = records.peek();
        long at = record == null ? HandOut.NEVER : record.due();
        WaitingPlace place = places.peek();
        return place == null || !hasRoomFor(place) ? at : Math.min(at, asksAt(place));
    }

    /** The lane is over: lets go of all. */
    void clear() {
        over = true;
        records.forEach(budget::remove);
        records.clear();
        again.clear();
        for (int i = 0; i < places.size() + asked; i++) {
            budget.removePlace();
        }
        places.clear();
    }
}
