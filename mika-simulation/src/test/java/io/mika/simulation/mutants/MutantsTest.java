package io.mika.simulation.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.simulation.Corpus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MutantsTest {
    static List<Corpus.Entry> corpus() {
        return Corpus.read();
    }

    @Test
    void everyMutantIsCaughtWithinItsBudget() throws InterruptedException {
        List<String> survivors = new ArrayList<>();

        List<MutantRun> runs = MutantRun.all(Mutants.all(), run -> System.out.println(MutantTable.row(run)));

        for (MutantRun run : runs) {
            if (!run.isCaught()) {
                survivors.add(run.mutant().name());
            }
        }
        assertThat(survivors).isEmpty();
        assertThat(runs).hasSizeGreaterThanOrEqualTo(15);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void aSeedThatWasKeptStillFindsWhatItFound(Corpus.Entry entry) {
        assertThat(MutantRun.of(Mutants.named(entry.mutant()), entry.seed()))
                .as("what seed %d finds in %s", entry.seed(), entry.mutant())
                .isNotNull();
    }
}
