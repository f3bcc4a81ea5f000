package io.mika.engine;

import io.mika.failure.RecordFetch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What waits for its time in one partition of the retry topic or the dead letter queue, for one consumer or for nobody:
 * whole while there is room, else by its place alone, and read again in its turn. <i>Owned by the poll thread.</i>
 */
final class WaitingQueue {
    /** So many are being read again at once, of so many bytes, or one. */
    private static final int MOST_ASKED = 1_000;

    private static final long MOST_BYTES = 1 << 20;

    private final WaitingBudget budget;
    private final Consumer<List<Asked>> read;
    private final Told told;
    private final PriorityQueue<WaitingRecord> records =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));
    private final PriorityQueue<WaitingPlace> places = new PriorityQueue<>(Comparator.comparingLong(WaitingPlace::due));
    private int asked;
    private long askedBytes;
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
        budget.remove(record);
        return record;
    }

    /** Whether one is due, here and whole. */
    boolean isDue(long now) {
        WaitingRecord next = records.peek();
        return next != null && now - next.due() >= 0;
    }

    /** Has what is due read again, once everything that is here and due was taken. */
    void advance(long now) {
        if (isDue(now)) {
            return;
        }
        List<Asked> more = new ArrayList<>();
        for (WaitingPlace next = places.peek(); next != null && mayAsk(next, now); next = places.peek()) {
            places.remove();
            asked++;
            askedBytes += next.bytes();
            more.add(new Asked(this, next));
        }
        if (!more.isEmpty()) {
            read.accept(more);
        }
    }

    private boolean mayAsk(WaitingPlace place, long now) {
        return now - place.due() >= 0 && asked < MOST_ASKED && (asked == 0 || askedBytes + place.bytes() <= MOST_BYTES);
    }

    /** @param record null if there is none any more, or nobody waits for it */
    void found(WaitingPlace place, @Nullable ConsumerRecord<byte[], byte[]> record) {
        if (over) {
            return;
        }
        asked--;
        askedBytes -= place.bytes();
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
        }
    }

    /** Lets go of these, and tells each, once it is here and whole. */
    void park(Parked which, long now) {
        List<WaitingRecord> here =
                records.stream().filter(record -> record.isAmong(which)).toList();
        records.removeAll(new HashSet<>(here));
        here.forEach(budget::remove);
        here.forEach(told::park);
        List<WaitingPlace> left = places.stream()
                .filter(place -> place instanceof WaitingPlace.Left each && !each.parks() && each.isAmong(which))
                .toList();
        places.removeAll(new HashSet<>(left));
        left.forEach(place -> places.add(((WaitingPlace.Left) place).parking(now)));
    }

    /** When something is due next that is not on its way already. */
    long wakesAt() {
        WaitingRecord record = records.peek();
        long at = record == null ? HandOut.NEVER : record.due();
        WaitingPlace place = asked == 0 ? places.peek() : null;
        return place == null ? at : Math.min(at, place.due());
    }

    /** The lane is over: lets go of all. */
    void clear() {
        over = true;
        records.forEach(budget::remove);
        records.clear();
        for (int i = 0; i < places.size() + asked; i++) {
            budget.removePlace();
        }
        places.clear();
    }
}
