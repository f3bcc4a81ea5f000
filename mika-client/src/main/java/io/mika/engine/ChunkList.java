package io.mika.engine;

import io.mika.record.SettledRanges;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What was polled of a partition during one assignment and is not yet settled, in offset order, and how far the commit may
 * go. <i>Owned by the poll thread.</i>
 */
final class ChunkList {
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private final Epochs epochs = new Epochs();
    private Mark settledBelow = Mark.NONE;
    private Mark position = Mark.NONE;
    private int heldRecords;
    private long heldBytes;

    /** Nothing was polled yet. */
    void beginAt(Mark start) {
        position = start;
        settledBelow = start;
    }

    /** Where the next poll goes on. */
    Mark position() {
        return position;
    }

    int heldRecords() {
        return heldRecords;
    }

    long heldBytes() {
        return heldBytes;
    }

    void append(Chunk chunk) {
        Chunk before = last;
        if (before == null) {
            first = chunk;
        } else {
            before.next = chunk;
        }
        last = chunk;
        epochs.add(chunk);
        heldRecords += chunk.heldRecords();
        heldBytes += chunk.heldBytes();
    }

    /** The consumer's position after a poll; it may have moved on without a record. */
    void advanceTo(Mark next) {
        position = next;
        settle();
    }

    /** Lets go of what is settled and moves the watermark. */
    void sweep() {
        @Nullable Chunk before = null;
        @Nullable Chunk chunk = first;
        while (chunk != null) {
            if (!chunk.isComplete()) {
                int records = chunk.heldRecords();
                long bytes = chunk.heldBytes();
                chunk.sweep();
                heldRecords += chunk.heldRecords() - records;
                heldBytes += chunk.heldBytes() - bytes;
            }
            if (before != null && before.isComplete() && chunk.isComplete()) {
                before.absorb(chunk);
                if (last == chunk) {
                    last = before;
                }
            } else {
                before = chunk;
            }
            chunk = chunk.next;
        }
        settle();
    }

    /** Drops the complete chunks at the front; their end is the watermark. */
    private void settle() {
        Chunk head = first;
        while (head != null && head.isComplete()) {
            settledBelow = head.settledBelow();
            head = head.next;
        }
        first = head;
        if (head == null) {
            last = null;
            if (position.offset() > settledBelow.offset()) {
                settledBelow = position;
            }
        } else if (!head.settledBelow().equals(Mark.NONE)) {
            settledBelow = head.settledBelow();
        }
    }

    /** Up to here everything is settled: what may be committed. */
    Mark watermark() {
        return settledBelow;
    }

    /** Once a second, for the age of what is open. */
    void look(long now) {
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            chunk.look(now);
        }
    }

    /**
     * Everything that was handed out and is open, in offset order.
     *
     * @param deadline after how many nanoseconds a record counts as stuck whose delivery is not remembered
     */
    List<OpenRecord> handedOpen(TopicPartition partition, long deadline) {
        List<OpenRecord> open = new ArrayList<>();
        for (Chunk each = first; each != null; each = each.next) {
            Chunk chunk = each;
            chunk.forEachHandedOpen((index, offset) -> open.add(chunk.open(partition, index, offset, deadline)));
        }
        return open;
    }

    /** The first of these; null if there is none. */
    @Nullable OpenRecord oldestOpen(TopicPartition partition, long deadline) {
        @Nullable OpenRecord[] first = {null};
        for (Chunk each = this.first; each != null && first[0] == null; each = each.next) {
            Chunk chunk = each;
            chunk.forEachHandedOpen((index, offset) ->
                    first[0] = first[0] == null ? chunk.open(partition, index, offset, deadline) : first[0]);
        }
        return first[0];
    }

    /** What is settled above the watermark, offsets between such records included; those without an epoch are not. */
    SettledRanges settled() {
        epochs.forgetBelow(settledBelow.offset());
        Gaps gaps = new Gaps();
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            gaps.begin();
            chunk.forEachUnsettled(gaps);
            gaps.end(chunk);
        }
        return gaps.ranges.build();
    }

    /** Collects what lies between unsettled records, where there is a settled one. */
    private final class Gaps implements Chunk.Visitor {
        final SettledRanges.Builder ranges = SettledRanges.builder();
        private long from = Long.MAX_VALUE; // below the first unsettled record is the watermark
        private int before;
        private boolean anySettled;

        void begin() {
            before = -1;
        }

        @Override
        public void visit(int index, long offset) {
            collect(index, offset);
            from = offset + 1;
            before = index;
            anySettled = false;
        }

        void end(Chunk chunk) {
            collect(chunk.limit(), chunk.end());
            if (anySettled) {
                from = Math.max(from, chunk.end());
            }
        }

        private void collect(int index, long offset) {
            anySettled |= index > before + 1;
            if (anySettled) {
                epochs.collect(from, offset, ranges);
            }
        }
    }

    /** What waits, in rows of neighbours. */
    WaitingRows waiting() {
        WaitingRows rows = new WaitingRows();
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            rows.collect(chunk);
        }
        return rows;
    }

    /** How many records are settled at or above the offset, which begins such a range; more, if it lies elsewhere. */
    long settledRecordsFrom(long offset) {
        long records = 0;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            if (chunk.end() > offset) {
                records += chunk.settledRecords() - (chunk == first ? chunk.settledAtFront() : 0);
            }
        }
        return records;
    }

    /** The offset after the highest that was handed out, or may have been; -1 if none was that is still known. */
    long handedBelow() {
        long below = -1;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            below = Math.max(below, chunk.handedBelow());
        }
        return below;
    }

    /**
     * The position moved back, or jumped over what is gone: what was delivered at or above it comes again or never.
     * What is open below stays open and holds the watermark; what was settled above is forgotten.
     */
    void resetTo(Mark start) {
        sweep();
        @Nullable Chunk before = null;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            if (chunk.start >= start.offset()) {
                discardFrom(chunk);
                cutBehind(before);
                break;
            }
            if (chunk.end() > start.offset()) {
                chunk.cutAt(start);
            }
            before = chunk;
        }
        recount();
        epochs.cutAt(start.offset());
        position = start;
        if (settledBelow.offset() > start.offset()) {
            settledBelow = start;
        }
        settle();
    }

    private void discardFrom(Chunk start) {
        for (@Nullable Chunk chunk = start; chunk != null; chunk = chunk.next) {
            Chunk lost = chunk;
            lost.forEachUnsettled((index, offset) -> lost.lane.discard(lost, index));
        }
    }

    private void cutBehind(@Nullable Chunk before) {
        last = before;
        if (before == null) {
            first = null;
        } else {
            before.next = null;
        }
    }

    private void recount() {
        heldRecords = 0;
        heldBytes = 0;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            heldRecords += chunk.heldRecords();
            heldBytes += chunk.heldBytes();
        }
    }

    /** Whatever is open is nobody's here any more. */
    void discard() {
        Chunk head = first;
        if (head != null) {
            discardFrom(head);
        }
        sweep();
    }

    /** Lets go of the records, whoever may still hold a delivery. */
    void release() {
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            chunk.release();
        }
        cutBehind(null);
        recount();
        position = settledBelow; // nothing holds the watermark from here on but that there is nowhere to go
    }

    /** What the engine checks after each step of a test: the counts are what the chunks say. */
    boolean isConsistent() {
        int records = heldRecords;
        long bytes = heldBytes;
        recount();
        return records == heldRecords && bytes == heldBytes;
    }

    @Override
    public String toString() {
        return "[watermark=" + settledBelow.offset() + " position=" + position.offset() + " held=" + heldRecords + "]";
    }
}
