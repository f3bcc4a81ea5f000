package io.mika.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.simulation.mutants.MutantRun;
import io.mika.simulation.mutants.Mutants;
import org.junit.jupiter.api.Test;

/** A planted bug: commits pass open records. */
class ShrinkerTest {
    @Test
    void aBrokenRuleIsToldInTheFewEventsThatItTakes() {
        String story = MutantRun.story(Mutants.named("commit-past-open"), 1);

        assertThat(story)
                .contains("seed 1 breaks a rule: ", "is not settled", "./mika simulate --seed 1 --schedules 1")
                .contains("VIOLATION");
        assertThat(story.lines()).hasSizeLessThan(50);
    }
}
