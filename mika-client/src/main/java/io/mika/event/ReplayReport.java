package io.mika.event;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a replay did, or would do. <i>Immutable.</i>
 *
 * @param end how it ended
 * @param dryRun whether nothing was written; the counts then say what a replay would do
 * @param read records of the dead letter queue that were looked at
 * @param matched those of them that belong to this group and that the request asks for
 * @param replayed those of them that were written to the retry topic, each of which the brokers have acknowledged
 * @param skipped those that were passed over, by reason; reasons that did not occur are missing
 * @param failed those that the retry topic does not take; each is told to {@link ClientListener#onError}
 * @param partitions of the dead letter queue, as far as they were read
 */
public record ReplayReport(
        End end,
        boolean dryRun,
        long read,
        long matched,
        long replayed,
        Map<Skipped, Long> skipped,
        long failed,
        List<Partition> partitions) {

    /** How a replay ended. */
    public enum End {
        /** It has not. */
        UNDER_WAY,
        /** All that was in the dead letter queue when it began was looked at. */
        COMPLETED,
        /** As many records were replayed as were asked for. */
        AT_MOST_REACHED,
        /**
         * The note of what was replayed has no room for more, for what was asked for is scattered over too many ranges of
         * offsets. The partitions say where that was.
         */
        NOTE_FULL,
        /** It was cancelled. */
        CANCELLED,
        /** Another replay of the group began at the same moment, and goes on. */
        DISPLACED
    }

    /** Why a record was passed over. The last four were asked for: they are among the matched. */
    public enum Skipped {
        /** It is another group's. */
        OTHER_GROUP,
        /** The consumption of the dead letter queue has settled it. */
        SETTLED,
        /** An earlier replay has taken it. */
        REPLAYED,
        /** It was replayed as often as the cap allows. */
        CAPPED,
        /** It bears no leader epoch, as records from very old brokers do, so it could not be noted as replayed. */
        WITHOUT_EPOCH,
        /** It stands for a record that was too large, and that is gone, changed or cannot be read. It stays. */
        ORIGINAL_GONE
    }

    /**
     * How far a replay came in one partition of the dead letter queue.
     *
     * @param partition its number
     * @param from the offset where it began: what lies below is expired, settled, or was not asked for
     * @param stoppedAt the first offset that was not done; {@code end} if all were
     * @param end the offset after the last one of when it began
     * @param noteFull whether it stopped because the note of what was replayed has no room for more
     */
    public record Partition(int partition, long from, long stoppedAt, long end, boolean noteFull) {
        @Override
        public String toString() {
            return partition + ": " + from + " to " + stoppedAt + " of " + end + (noteFull ? " (note full)" : "");
        }
    }

    /**
     * A report; it keeps copies of the collections.
     *
     * @param end as above
     * @param dryRun as above
     * @param read as above
     * @param matched as above
     * @param replayed as above
     * @param skipped as above
     * @param failed as above
     * @param partitions as above
     */
    public ReplayReport {
        Objects.requireNonNull(end, "end");
        skipped = Map.copyOf(skipped);
        partitions = List.copyOf(partitions);
    }

    /**
     * A replay that has not begun to read.
     *
     * @param dryRun whether it is to write nothing
     * @return a report of nothing
     */
    public static ReplayReport nothing(boolean dryRun) {
        return new ReplayReport(End.UNDER_WAY, dryRun, 0, 0, 0, Map.of(), 0, List.of());
    }

    /**
     * How many records were passed over for a reason.
     *
     * @param reason which
     * @return 0 or more
     */
    public long skipped(Skipped reason) {
        return skipped.getOrDefault(reason, 0L);
    }

    /**
     * How many records the cap of replays left in the dead letter queue.
     *
     * @return 0 or more
     */
    public long leftOutByTheCap() {
        return skipped(Skipped.CAPPED);
    }

    /** One line for a log. */
    @Override
    public String toString() {
        String reasons = skipped.isEmpty() ? "none" : new EnumMap<>(skipped).toString();
        String where = partitions.stream().map(Partition::toString).collect(Collectors.joining(", ", "[", "]"));
        return "end=" + end + " dry_run=" + dryRun + " read=" + read + " matched=" + matched + " replayed=" + replayed
                + " skipped=" + reasons + " failed=" + failed + " partitions=" + where;
    }
}
