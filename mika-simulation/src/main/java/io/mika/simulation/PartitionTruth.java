package io.mika.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is in the log of a partition, and whether anybody acked it: what no member knows. */
final class PartitionTruth {

    /** A record in the log. */
    static final class Entry {
        final long offset;
        final String id;
        boolean acked;
        /** Nobody has to ack it: the group was told to begin behind it. */
        boolean excused;
        /** It took the place of one that was lost; who read that one may not know of it yet. */
        final boolean contested;

        Entry(long offset, String id, boolean contested, boolean excused) {
            this.offset = offset;
            this.id = id;
            this.contested = contested;
            this.excused = excused;
        }
    }

    private final TreeMap<Long, Entry> log = new TreeMap<>();
    private long contestedBelow;
    private long excusedBelow;
    /** How often something from outside changed what the group knows of it. */
    int disturbances;

    /** The highest offset that it was reset to from outside; an answer to a look-up may still say so. */
    long highestReset = -1;

    boolean truncated;
    boolean outOfRangeIsPossible;
    boolean mustBeginAtEarliest;
    /** Its committed offset expired. */
    boolean forgotten;

    Entry append(long offset, String id) {
        Entry entry = new Entry(offset, id, offset < contestedBelow, offset < excusedBelow);
        log.put(offset, entry);
        return entry;
    }

    void acked(String id, long offset) {
        Entry entry = log.get(offset);
        if (entry != null && entry.id.equals(id)) {
            entry.acked = true;
        }
    }

    boolean isAcked(String id, long offset) {
        Entry entry = log.get(offset);
        return entry != null && entry.id.equals(id) && entry.acked;
    }

    void truncate(long to, long end, long excused) {
        log.tailMap(to, true).clear();
        contestedBelow = Math.max(contestedBelow, end);
        excusedBelow = Math.max(excusedBelow, excused);
        truncated = true;
        outOfRangeIsPossible = true;
        disturbances++;
    }

    void remove(long from, long to) {
        log.subMap(from, true, to, false).clear();
    }

    void excuseBelow(long offset) {
        log.headMap(offset, false).values().forEach(entry -> entry.excused = true);
    }

    /** Whether the first record at this offset or above was acked. */
    boolean isSettledFrom(long offset) {
        Map.Entry<Long, Entry> next = log.ceilingEntry(offset);
        return next != null && next.getValue().acked;
    }

    /** The first that a commit of this offset loses; null for none. */
    @Nullable Entry firstLostBelow(long offset, boolean strictly) {
        for (Entry entry : log.headMap(offset, false).values()) {
            if (!entry.acked && !entry.excused && (strictly || !entry.contested)) {
                return entry;
            }
        }
        return null;
    }
}
