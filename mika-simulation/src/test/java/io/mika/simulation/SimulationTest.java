package io.mika.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationTest {
    /** Of those that each build tries; what goes beyond is {@code ./mika simulate}. */
    private static final long FIRST_SEED = 1;

    private static final int SCHEDULES = 20_000;

    static List<Corpus.Entry> corpus() {
        return Corpus.read();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatWasFoundOnceStaysMended(Corpus.Entry entry) {
        assertThat(new Judge().apply(entry.seed()))
                .as("seed %d, kept for %s", entry.seed(), entry.mutant())
                .isNull();
    }

    @Test
    void everyScheduleKeepsTheRules() throws InterruptedException {
        Campaign.Result result = Campaign.run(FIRST_SEED, SCHEDULES, done -> {});

        System.out.printf("%,d schedules, %,.0f a second%n", result.tally().schedules(), result.rate());
        if (!result.isClean()) {
            throw new AssertionError(Story.ofBroken(result.failures().firstKey()));
        }
        assertThat(result.tally().schedules()).isEqualTo(SCHEDULES);
    }

    @Test
    void aSeedTellsTheSameStoryEachTime() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 50; seed++) {
            assertThat(Story.of(seed)).isEqualTo(Story.of(seed)).contains(" plan ", " calm");
        }
    }
}
