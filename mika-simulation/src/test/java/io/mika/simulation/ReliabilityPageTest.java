package io.mika.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.simulation.mutants.Mutant;
import io.mika.simulation.mutants.Mutants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page names the mutants that there are, and the seeds that are kept. */
class ReliabilityPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reliability.md");
    private static final Pattern MUTANT = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (.*?) \\|");

    @Test
    void thePageNamesEveryMutant() throws IOException {
        List<String> documented = MUTANT.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1) + ": " + row.group(2))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(
                        Mutants.all().stream().map(ReliabilityPageTest::row).toList());
    }

    private static String row(Mutant mutant) {
        return mutant.name() + ": " + mutant.title();
    }

    @Test
    void thePageNamesEverySeedThatIsKept() throws IOException {
        String page = Files.readString(PAGE);

        for (Corpus.Entry entry : Corpus.read()) {
            assertThat(page).contains("| " + entry.seed() + " |");
        }
    }
}
