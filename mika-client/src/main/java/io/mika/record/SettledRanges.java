package io.mika.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offsets of one partition that are settled, as ranges. A range is of exactly one leader epoch: an offset that was
 * written again after the log was truncated bears a later epoch, and is another record. Internal: for the library; no
 * API.
 *
 * <p>As in a log, epochs never fall from a lower offset to a higher one. What contradicts a higher epoch at the same or a
 * lower offset was truncated away, and is forgotten.
 *
 * <p><i>Immutable.</i>
 */
public final class SettledRanges {
    /** Nothing is settled. */
    public static final SettledRanges NONE = new SettledRanges(List.of());

    /** The epoch of a record that bears none; no range contains it. */
    public static final int NO_EPOCH = -1;

    /**
     * Neighbours that are settled.
     *
     * @param from the first offset, not negative
     * @param to the offset after the last, above {@code from}
     * @param epoch of all their records, not negative
     */
    public record Range(long from, long to, int epoch) {
        /** Checks the bounds. */
        public Range {
            if (from < 0 || to <= from || epoch < 0) {
                throw new IllegalArgumentException("no range: " + from + " to " + to + ", epoch " + epoch);
            }
        }

        private boolean joins(Range next) {
            return epoch == next.epoch && next.from <= to && next.from >= from;
        }

        private Range with(Range next) {
            return new Range(from, Math.max(to, next.to), epoch);
        }
    }

    private final List<Range> ranges;

    private SettledRanges(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * One range.
     *
     * @param from the first offset
     * @param to the offset after the last
     * @param epoch of all their records
     * @return nothing else
     */
    public static SettledRanges of(long from, long to, int epoch) {
        return new SettledRanges(List.of(new Range(from, to, epoch)));
    }

    /**
     * Collects many ranges; cheapest in the order of the offsets.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether a record is settled.
     *
     * @param offset the record's
     * @param epoch the leader epoch that the record bears, or {@link #NO_EPOCH}
     * @return false also if the offset is settled for another epoch
     */
    public boolean contains(long offset, int epoch) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (offset < range.from) {
                high = middle - 1;
            } else if (offset >= range.to) {
                low = middle + 1;
            } else {
                return range.epoch == epoch;
            }
        }
        return false;
    }

    /**
     * These and one more range.
     *
     * @param from the first offset
     * @param to the offset after the last
     * @param epoch of all their records
     * @return what of all this does not contradict a higher epoch
     */
    public SettledRanges add(long from, long to, int epoch) {
        return merge(of(from, to, epoch));
    }

    /**
     * These and others.
     *
     * @param others of the same partition
     * @return what of all this does not contradict a higher epoch
     */
    public SettledRanges merge(SettledRanges others) {
        if (isEmpty() || others.isEmpty()) {
            return isEmpty() ? others : this;
        }
        Builder all = builder();
        ranges.forEach(all::add);
        others.ranges.forEach(all::add);
        return all.build();
    }

    /**
     * What is settled at an offset or above it.
     *
     * @param offset the first that is kept
     * @return a range that begins below begins here
     */
    public SettledRanges from(long offset) {
        if (isEmpty() || ranges.get(0).from >= offset) {
            return this;
        }
        return new SettledRanges(ranges.stream()
                .filter(range -> range.to > offset)
                .map(range -> new Range(Math.max(range.from, offset), range.to, range.epoch))
                .toList());
    }

    /**
     * What is settled below an offset.
     *
     * @param offset the first that is left out
     * @return a range that ends above ends here
     */
    public SettledRanges below(long offset) {
        if (isEmpty() || ranges.get(ranges.size() - 1).to <= offset) {
            return this;
        }
        return new SettledRanges(ranges.stream()
                .filter(range -> range.from < offset)
                .map(range -> new Range(range.from, Math.min(range.to, offset), range.epoch))
                .toList());
    }

    /**
     * Whether nothing is settled.
     *
     * @return true if there is no range
     */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /**
     * How many offsets are settled.
     *
     * @return 0 or more
     */
    public long offsets() {
        return ranges.stream().mapToLong(range -> range.to - range.from).sum();
    }

    /**
     * The ranges.
     *
     * @return in the order of their offsets; those of one epoch do not touch each other; immutable
     */
    public List<Range> ranges() {
        return ranges;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettledRanges that && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** For messages: {@code [3..7)@0 [9..10)@1}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            text.append(text.isEmpty() ? "[" : " [").append(range.from).append("..");
            text.append(range.to).append(")@").append(range.epoch);
        }
        return text.toString();
    }

    /** Collects ranges in any order. <i>Not thread-safe.</i> */
    public static final class Builder {
        private static final Comparator<Range> BY_OFFSET = Comparator.comparingLong(Range::from);
        private static final Comparator<Range> LATEST_EPOCH_FIRST =
                Comparator.comparingInt(Range::epoch).reversed().thenComparing(BY_OFFSET);

        private List<Range> collected = new ArrayList<>();
        private boolean ordered = true;

        private Builder() {}

        /**
         * Adds a range.
         *
         * @param from the first offset
         * @param to the offset after the last
         * @param epoch of all their records
         * @return this
         */
        public Builder add(long from, long to, int epoch) {
            add(new Range(from, to, epoch));
            return this;
        }

        private void add(Range range) {
            int end = collected.size() - 1;
            if (end < 0) {
                collected.add(range);
                return;
            }
            Range last = collected.get(end);
            if (last.joins(range)) {
                collected.set(end, last.with(range));
            } else {
                ordered &= last.to <= range.from && last.epoch <= range.epoch;
                collected.add(range);
            }
        }

        /**
         * How many ranges there are at most.
         *
         * @return 0 or more
         */
        public int size() {
            return collected.size();
        }

        /**
         * What was collected so far.
         *
         * @return what of it does not contradict a higher epoch
         */
        public SettledRanges build() {
            if (!ordered) {
                collected = inOrder(collected);
                ordered = true;
            }
            return collected.isEmpty() ? NONE : new SettledRanges(List.copyOf(collected));
        }

        /** From the latest epoch down: what an earlier one says of its offsets and those above is over. */
        private static List<Range> inOrder(List<Range> ranges) {
            List<Range> byEpoch = new ArrayList<>(ranges);
            byEpoch.sort(LATEST_EPOCH_FIRST);
            List<Range> kept = new ArrayList<>();
            long end = Long.MAX_VALUE;
            long lowest = Long.MAX_VALUE;
            int epoch = NO_EPOCH;
            for (Range range : byEpoch) {
                if (range.epoch != epoch) {
                    epoch = range.epoch;
                    end = lowest;
                }
                if (range.from < end) {
                    lowest = Math.min(lowest, range.from);
                    append(kept, new Range(range.from, Math.min(range.to, end), epoch));
                }
            }
            kept.sort(BY_OFFSET);
            return kept;
        }

        private static void append(List<Range> kept, Range range) {
            int end = kept.size() - 1;
            if (end >= 0 && kept.get(end).joins(range)) {
                kept.set(end, kept.get(end).with(range));
            } else {
                kept.add(range);
            }
        }
    }
}
