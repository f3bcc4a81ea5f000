package io.mika.cli.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FateTest {
    @Test
    void aQuarterOfTheFailingRecordsFailsEachWay() {
        Map<Fate, Long> counts = LongStream.range(0, 100_000)
                .mapToObj(id -> Fate.of(id, 0.2))
                .collect(groupingBy(fate -> fate, counting()));

        EnumSet.complementOf(EnumSet.of(Fate.SOUND))
                .forEach(fate -> assertThat(counts.get(fate)).as("%s", fate).isCloseTo(5_000, within(100L)));
    }

    @Test
    void theRateGoesFromNoneToAll() {
        assertThat(LongStream.range(0, 10_000).mapToObj(id -> Fate.of(id, 0))).containsOnly(Fate.SOUND);
        assertThat(LongStream.range(0, 10_000).mapToObj(id -> Fate.of(id, 1))).doesNotContain(Fate.SOUND);
    }

    @Test
    void aFateSaysWhichAttemptsFail() {
        assertThat(failures(Fate.SOUND)).containsExactly("none", "none", "none");
        assertThat(failures(Fate.SECOND_TRY)).containsExactly("IOException", "none", "none");
        assertThat(failures(Fate.THIRD_TRY)).containsExactly("IOException", "IOException", "none");
        assertThat(failures(Fate.HOPELESS)).containsOnly("IOException");
        assertThat(failures(Fate.FATAL)).containsOnly("IllegalArgumentException");
        assertThat(Arrays.stream(Fate.values()).filter(Fate::isDoomed)).containsExactly(Fate.HOPELESS, Fate.FATAL);
    }

    private static String[] failures(Fate fate) {
        return IntStream.rangeClosed(1, 1 + Fate.RETRIES)
                .mapToObj(attempt -> fate.failure(attempt)
                        .map(failure -> failure.getClass().getSimpleName())
                        .orElse("none"))
                .toArray(String[]::new);
    }
}
