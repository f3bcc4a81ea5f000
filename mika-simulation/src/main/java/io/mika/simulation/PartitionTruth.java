package io.mika.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What is in the log of a partition, and whether anybody acked it: what no member knows. */
final class PartitionTruth {

    /** A record in the log. */
    static final class Entry {
        final TopicPartition partition;
        final long offset;
        final Published of;
        /** Of a record that failed before it came here. */
        final @Nullable Copy copy;
        /** Entries of all logs, in the order in which they came. */
        final long number;

        boolean acked;
        /** When it was noted as replayed, as a number of an entry; -1 if it was not. */
        long notedAt = -1;
        /** Nobody has to ack it: the group was told to begin behind it. */
        boolean excused;
        /** Its log does not have it any more. */
        boolean deleted;
        /** It took the place of one that was lost; who read that one may not know of it yet. */
        final boolean contested;

        Entry(
                TopicPartition partition,
                long offset,
                Published of,
                @Nullable Copy copy,
                long number,
                boolean contested) {
            this.partition = partition;
            this.offset = offset;
            this.of = of;
            this.copy = copy;
            this.number = number;
            this.contested = contested;
        }

        /** Acked, or written anew somewhere, or none of this group's business. */
        boolean isSettled() {
            return acked || of.foreign || isWrittenAnew();
        }

        /** What is lost here is still there. */
        boolean isWrittenAnew() {
            return of.isAlsoAfter(number);
        }

        @Override
        public String toString() {
            return partition + "@" + offset + " " + of;
        }
    }

    private final TopicPartition partition;
    private final TreeMap<Long, Entry> log = new TreeMap<>();
    private long contestedBelow;
    private long excusedBelow;
    /** How often something from outside changed what the group knows of it. */
    int disturbances;

    /** The highest offset that it was reset to from outside; an answer to a look-up may still say so. */
    long highestReset = -1;

    /** Where the log ended that was deleted; 0 if none was. */
    long formerEnd;

    boolean truncated;
    boolean outOfRangeIsPossible;
    boolean mustBeginAtEarliest;
    /** Its committed offset expired. */
    boolean forgotten;

    PartitionTruth(TopicPartition partition) {
        this.partition = partition;
    }

    /** @param copy null for a record that never failed */
    Entry append(long offset, Published of, @Nullable Copy copy, long number) {
        Entry entry = new Entry(partition, offset, of, copy, number, offset < contestedBelow);
        entry.excused = offset < excusedBelow;
        log.put(offset, entry);
        of.places.add(entry);
        return entry;
    }

    /** What is there now; null if that is another record, or none. */
    @Nullable Entry at(long offset, Published of) {
        Entry entry = log.get(offset);
        return entry == null || entry.of != of ? null : entry;
    }

    void truncate(long to, long end, long excused) {
        log.tailMap(to, true).clear();
        contestedBelow = Math.max(contestedBelow, end);
        excusedBelow = Math.max(excusedBelow, excused);
        truncated = true;
        outOfRangeIsPossible = true;
        disturbances++;
    }

    /** Its topic is gone, and with it all that was in it; offsets that were good there may still be asked for. */
    void deleted(long end) {
        log.clear();
        contestedBelow = 0;
        excusedBelow = 0;
        formerEnd = end;
        truncated = true;
        outOfRangeIsPossible = true;
        mustBeginAtEarliest = false;
        forgotten = false;
        disturbances++;
    }

    void remove(long from, long to) {
        Map<Long, Entry> removed = log.subMap(from, true, to, false);
        removed.values().forEach(entry -> entry.deleted = true);
        removed.clear();
    }

    void excuseBelow(long offset) {
        log.headMap(offset, false).values().forEach(entry -> entry.excused = true);
    }

    /** The same, and nobody has to ack what will come there: they begin behind it although nothing is there yet. */
    void excuseAllBelow(long offset) {
        excuseBelow(offset);
        excusedBelow = Math.max(excusedBelow, offset);
    }

    /** The first from before this number that a replay had to take, and that is nowhere else; null for none. */
    @Nullable Entry firstLeftByReplay(long number) {
        for (Entry entry : log.values()) {
            Copy copy = entry.copy;
            boolean mayBeLeft = copy == null || copy.replays() >= Replaying.CAP || copy.isPointer();
            if (entry.number < number && !entry.isSettled() && !entry.excused && !mayBeLeft) {
                return entry;
            }
        }
        return null;
    }

    /** Whether the first record at this offset or above was acked. */
    boolean isSettledFrom(long offset) {
        Map.Entry<Long, Entry> next = log.ceilingEntry(offset);
        return next != null && next.getValue().acked;
    }

    /** The first that a commit of this offset loses; null for none. */
    @Nullable Entry firstLostBelow(long offset, boolean strictly) {
        for (Entry entry : log.headMap(offset, false).values()) {
            if (!entry.isSettled() && !entry.excused && (strictly || !entry.contested)) {
                return entry;
            }
        }
        return null;
    }
}
