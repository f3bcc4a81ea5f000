package io.mika.record;

import static io.mika.record.BitWriter.gammaBits;

import io.mika.record.SettledRanges.Range;
import java.util.List;

/**
 * The two ways in which ranges are written as bits. Both go epoch by epoch: {@code sections, (epoch, ranges)...}, where
 * the first epoch is a number and the others say by how much it rose. Offsets are told from the end of the range before,
 * the first one from the base. Pure.
 */
enum RangeCode {
    /** How many ranges; of each the gap before it and its length. For few and long ones. */
    RUNS("runs") {
        @Override
        long bits(Section section) {
            return gammaBits(section.ranges) + section.runBits;
        }

        @Override
        void write(BitWriter to, List<Range> section, long before) {
            to.gamma(section.size());
            long end = before;
            for (Range range : section) {
                // Only the first one may touch what is before it, which is of another epoch
                to.gamma(range.from() - end + (end == before ? 1 : 0));
                to.gamma(range.to() - range.from());
                end = range.to();
            }
        }

        @Override
        long read(BitReader from, long before, int epoch, SettledRanges.Builder ranges) {
            long count = from.gamma();
            long end = before;
            for (long i = 0; i < count; i++) {
                long start = Math.addExact(end, from.gamma() - (i == 0 ? 1 : 0));
                end = Math.addExact(start, from.gamma());
                ranges.add(start, end, epoch);
            }
            return end;
        }
    },

    /** The gap before the first settled offset, how many there are up to the last one, and a bit for each of these. */
    BITS("bits") {
        @Override
        long bits(Section section) {
            long length = section.end - section.start;
            return section.gapBits + gammaBits(length) + length;
        }

        @Override
        void write(BitWriter to, List<Range> section, long before) {
            long start = section.get(0).from();
            to.gamma(start - before + 1);
            to.gamma(section.get(section.size() - 1).to() - start);
            long end = start;
            for (Range range : section) {
                write(to, range.from() - end, false);
                write(to, range.to() - range.from(), true);
                end = range.to();
            }
        }

        private static void write(BitWriter to, long count, boolean one) {
            for (long i = 0; i < count; i++) {
                to.bit(one);
            }
        }

        @Override
        long read(BitReader from, long before, int epoch, SettledRanges.Builder ranges) {
            long start = Math.addExact(before, from.gamma() - 1);
            long end = Math.addExact(start, from.gamma());
            for (long offset = start; offset < end; offset++) {
                if (from.bit()) {
                    ranges.add(offset, offset + 1, epoch);
                }
            }
            return end;
        }
    };

    /** Its name in the text. */
    final String field;

    RangeCode(String field) {
        this.field = field;
    }

    /** What the ranges of one epoch take. */
    static final class Section {
        private final int epochBits;
        private final int gapBits;
        private final long start;
        private long end;
        private int ranges;
        private long runBits;

        Section(int epochBits, Range first, long before) {
            this.epochBits = epochBits;
            this.gapBits = gammaBits(first.from() - before + 1);
            this.start = first.from();
        }

        void add(Range range) {
            runBits += ranges == 0 ? gapBits : gammaBits(range.from() - end);
            runBits += gammaBits(range.to() - range.from());
            end = range.to();
            ranges++;
        }
    }

    abstract long bits(Section section);

    abstract void write(BitWriter to, List<Range> section, long before);

    abstract long read(BitReader from, long before, int epoch, SettledRanges.Builder ranges);

    /** How many ranges fit, and how many bits these take. */
    record Fit(RangeCode code, int ranges, long bits) {
        boolean isBetterThan(Fit other) {
            return ranges > other.ranges || (ranges == other.ranges && bits < other.bits);
        }
    }

    /** The code that holds most of them from the lowest offset up; of two that hold the same, the smaller. */
    static Fit best(List<Range> ranges, long base, long maxBits) {
        Fit runs = RUNS.fit(ranges, base, maxBits);
        Fit bits = BITS.fit(ranges, base, maxBits);
        return bits.isBetterThan(runs) ? bits : runs;
    }

    private Fit fit(List<Range> ranges, long base, long maxBits) {
        long closed = 0;
        int sections = 0;
        Section section = null;
        int epoch = -1;
        long end = base;
        long taken = 0;
        for (int count = 0; count < ranges.size(); count++) {
            Range range = ranges.get(count);
            if (section == null || range.epoch() != epoch) {
                closed += section == null ? 0 : section.epochBits + bits(section);
                section = new Section(gammaBits(range.epoch() - epoch), range, end);
                sections++;
                epoch = range.epoch();
            }
            section.add(range);
            end = range.to();
            long with = gammaBits(sections) + closed + section.epochBits + bits(section);
            if (with > maxBits) {
                return new Fit(this, count, taken);
            }
            taken = with;
        }
        return new Fit(this, ranges.size(), taken);
    }

    byte[] write(List<Range> ranges, long base) {
        BitWriter bits = new BitWriter();
        bits.gamma(ranges.stream().mapToInt(Range::epoch).distinct().count());
        int epoch = -1;
        long before = base;
        int start = 0;
        for (int end = 1; end <= ranges.size(); end++) {
            int of = ranges.get(start).epoch();
            if (end == ranges.size() || ranges.get(end).epoch() != of) {
                bits.gamma(of - epoch);
                write(bits, ranges.subList(start, end), before);
                epoch = of;
                before = ranges.get(end - 1).to();
                start = end;
            }
        }
        return bits.bytes();
    }

    /** @throws RuntimeException if these bytes are none that {@link #write(List, long)} makes */
    SettledRanges read(byte[] bytes, long base) {
        BitReader bits = new BitReader(bytes);
        SettledRanges.Builder ranges = SettledRanges.builder();
        long sections = bits.gamma();
        int epoch = -1;
        long end = base;
        for (long i = 0; i < sections; i++) {
            epoch = Math.toIntExact(epoch + bits.gamma());
            end = read(bits, end, epoch, ranges);
        }
        if (bits.left() > 7) {
            throw new IllegalArgumentException("there is more behind the ranges");
        }
        return ranges.build();
    }
}
