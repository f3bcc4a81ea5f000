package io.mika.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.record.SettledRanges.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SettledRangesTest {
    @Test
    void aRangeHoldsTheRecordsOfItsEpochAlone() {
        SettledRanges ranges = SettledRanges.of(5, 8, 2);

        assertThat(ranges.contains(5, 2)).isTrue();
        assertThat(ranges.contains(7, 2)).isTrue();
        assertThat(ranges.contains(8, 2)).isFalse();
        assertThat(ranges.contains(4, 2)).isFalse();
        assertThat(ranges.contains(6, 1)).isFalse();
        assertThat(ranges.contains(6, 3)).isFalse();
        assertThat(ranges.contains(6, SettledRanges.NO_EPOCH)).isFalse();
        assertThat(SettledRanges.NONE.contains(0, 0)).isFalse();
    }

    @Test
    void neighboursOfOneEpochBecomeOne() {
        assertThat(SettledRanges.of(5, 8, 2).add(8, 9, 2).add(3, 5, 2).ranges()).containsExactly(new Range(3, 9, 2));
        assertThat(SettledRanges.of(5, 8, 2).add(8, 9, 3).ranges()).hasSize(2);
    }

    @Test
    void aLaterEpochRefutesWhatAnEarlierOneSaysOfItsOffsetsAndThoseAbove() {
        assertThat(SettledRanges.of(5, 20, 2).add(30, 40, 2).add(10, 11, 3).ranges())
                .containsExactly(new Range(5, 10, 2), new Range(10, 11, 3));
        assertThat(SettledRanges.of(10, 11, 3).add(5, 20, 2).ranges())
                .containsExactly(new Range(5, 10, 2), new Range(10, 11, 3));
    }

    @Test
    void aPartCanBeTaken() {
        SettledRanges ranges = SettledRanges.of(5, 10, 0).add(20, 30, 0);

        assertThat(ranges.from(7)).isEqualTo(SettledRanges.of(7, 10, 0).add(20, 30, 0));
        assertThat(ranges.from(10)).isEqualTo(SettledRanges.of(20, 30, 0));
        assertThat(ranges.below(25)).isEqualTo(SettledRanges.of(5, 10, 0).add(20, 25, 0));
        assertThat(ranges.below(5).isEmpty()).isTrue();
        assertThat(ranges.offsets()).isEqualTo(15);
    }

    @Test
    void noRangeIsEmptyOrBelowZero() {
        assertThatThrownBy(() -> new Range(5, 5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Range(-1, 5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Range(1, 5, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The offsets one by one, and for each the epoch, with the rule that a log has. */
    @Test
    void anyOrderOfAddingAndMergingTellsTheSameAsAMap() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            List<Range> added = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                long from = random.nextInt(60);
                added.add(new Range(from, from + 1 + random.nextInt(12), random.nextInt(3)));
            }
            Map<Long, Integer> expected = expected(added);
            SettledRanges one = added(added);
            Collections.shuffle(added, random);
            int half = added.size() / 2;
            SettledRanges other = added(added.subList(0, half)).merge(added(added.subList(half, added.size())));

            for (long offset = 0; offset < 80; offset++) {
                for (int epoch = 0; epoch < 3; epoch++) {
                    assertThat(one.contains(offset, epoch))
                            .as("seed %d offset %d epoch %d of %s", seed, offset, epoch, one)
                            .isEqualTo(Integer.valueOf(epoch).equals(expected.get(offset)));
                }
            }
            assertThat(other).as("seed %d", seed).isEqualTo(one);
            assertSound(one);
            assertSound(other);
        }
    }

    private static SettledRanges added(List<Range> ranges) {
        SettledRanges.Builder builder = SettledRanges.builder();
        ranges.forEach(range -> builder.add(range.from(), range.to(), range.epoch()));
        return builder.build();
    }

    private static Map<Long, Integer> expected(List<Range> added) {
        Map<Long, Integer> epochs = new HashMap<>();
        for (long offset = 0; offset < 80; offset++) {
            int highestAtOrBelow = -1;
            int here = -1;
            for (Range range : added) {
                if (range.from() <= offset) {
                    highestAtOrBelow = Math.max(highestAtOrBelow, range.epoch());
                    here = offset < range.to() ? Math.max(here, range.epoch()) : here;
                }
            }
            if (here >= 0 && here == highestAtOrBelow) {
                epochs.put(offset, here);
            }
        }
        return epochs;
    }

    private static void assertSound(SettledRanges ranges) {
        for (int i = 1; i < ranges.ranges().size(); i++) {
            Range before = ranges.ranges().get(i - 1);
            Range range = ranges.ranges().get(i);
            assertThat(range.from()).isGreaterThanOrEqualTo(before.to());
            assertThat(range.epoch()).isGreaterThanOrEqualTo(before.epoch());
            assertThat(range.epoch() > before.epoch() || range.from() > before.to())
                    .isTrue();
        }
    }
}
