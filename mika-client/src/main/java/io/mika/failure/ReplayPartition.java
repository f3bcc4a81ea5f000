package io.mika.failure;

import io.mika.event.ReplayReport;
import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How far a replay is in one partition of the dead letter queue, and whether the note has room for more of it. What lies
 * between two replayed records and can never be replayed, such as another group's, is noted with them: so the note holds
 * few ranges where few records were left out on purpose. <i>For one thread.</i>
 */
final class ReplayPartition {
    /** The note bears more than ranges; and where little is free, it would have to be written to see whether it fits. */
    private static final int KEPT_FREE = 200;

    private static final int BITS_PER_CHARACTER = 6;
    private static final int MOST_BITS_PER_RANGE = 180;

    final TopicPartition partition;
    private final long from;
    private final long end;
    /** Settled by the consumption of the dead letter queue. */
    private final SettledRanges settled;
    /** Replayed before. */
    private final SettledRanges replayed;

    private final CommitText.Place place;
    private final NavigableSet<Long> underWay = new TreeSet<>();
    private long position;
    private long lowestLeft = Long.MAX_VALUE;
    private boolean full;

    // What the next replayed record is noted with
    private long coverFrom;
    private int coverEpoch = SettledRanges.NO_EPOCH;

    // The note's room
    private SettledRanges planned;
    private SettledRanges.Builder unchecked = SettledRanges.builder();
    private long spareBits;
    private long checkedAt;

    /** @param base where the partition's log begins */
    ReplayPartition(
            TopicPartition partition,
            Uuid topicId,
            long base,
            long from,
            long end,
            SettledRanges settled,
            SettledRanges replayed) {
        this.partition = partition;
        this.place = new CommitText.Place("", topicId, partition, base);
        this.from = from;
        this.end = Math.max(from, end);
        this.settled = settled;
        this.replayed = replayed;
        this.planned = replayed;
        this.position = from;
    }

    long position() {
        return position;
    }

    boolean isWanted(long offset) {
        return offset >= position && offset < end && !full;
    }

    boolean isDone() {
        return full || position >= end;
    }

    boolean isFull() {
        return full;
    }

    boolean isSettled(long offset, int epoch) {
        return settled.contains(offset, epoch);
    }

    boolean isReplayed(long offset, int epoch) {
        return replayed.contains(offset, epoch);
    }

    /** Looks at a record; follows any number of calls, and is followed by one of the three below. */
    void at(long offset, int epoch) {
        if (epoch != coverEpoch) {
            coverEpoch = epoch;
            coverFrom = offset;
        }
    }

    /** It can never be replayed, or was already. */
    void passed(long offset) {
        position = offset + 1;
    }

    /** It stays, for another replay perhaps. */
    void left(long offset) {
        position = offset + 1;
        coverFrom = offset + 1;
    }

    /** It is replayed; what is to be noted once it is. */
    SettledRanges.Range taken(long offset) {
        SettledRanges.Range range = new SettledRanges.Range(coverFrom, offset + 1, coverEpoch);
        unchecked.add(range.from(), range.to(), range.epoch());
        underWay.add(offset);
        left(offset);
        return range;
    }

    /** Whether the note has room for the record; if not, the replay of the partition ends here. */
    boolean hasRoom(long offset) {
        // Whichever way ranges are written as bits, they grow by no more than this
        long grown = Math.max((long) unchecked.size() * MOST_BITS_PER_RANGE, offset - checkedAt);
        if (grown < spareBits) {
            return true;
        }
        planned = planned.merge(unchecked.build());
        unchecked = SettledRanges.builder();
        SettledRanges all = planned.add(coverFrom, offset + 1, coverEpoch);
        CommitText.Written written = CommitText.write(place, content(all), CommitText.LIMIT);
        int spare = CommitText.LIMIT - written.text().length() - KEPT_FREE;
        full = written.holdsBelow() != Long.MAX_VALUE || spare <= 0;
        spareBits = (long) spare * BITS_PER_CHARACTER;
        checkedAt = offset;
        return !full;
    }

    private CommitText.Content content(SettledRanges ranges) {
        return new CommitText.Content(partition.partition() + 1, OptionalLong.empty(), Optional.empty(), ranges);
    }

    /** Nothing of what is below is left to be read. */
    void movedTo(long next) {
        position = Math.max(position, next);
    }

    /** There is no more. */
    void ended() {
        position = end;
    }

    /** It was written, or never can be. */
    void done(long offset) {
        underWay.remove(offset);
    }

    /** It was not written, or nobody knows. */
    void notWritten(long offset) {
        underWay.remove(offset);
        lowestLeft = Math.min(lowestLeft, offset);
    }

    ReplayReport.Partition report() {
        long stoppedAt = Math.min(Math.min(position, end), lowestLeft);
        if (!underWay.isEmpty()) {
            stoppedAt = Math.min(stoppedAt, underWay.first());
        }
        return new ReplayReport.Partition(partition.partition(), from, stoppedAt, end, full);
    }
}
