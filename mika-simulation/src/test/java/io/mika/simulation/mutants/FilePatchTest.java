package io.mika.simulation.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class FilePatchTest {
    private static final FilePatch PATCH =
            new FilePatch("A.java", List.of(new FilePatch.Hunk("  b\n  c\n", "  b\n  x\n")));

    @Test
    void aHunkReplacesTheLinesThatItNames() {
        assertThat(PATCH.apply("m", "a\n  b\n  c\nd\n")).isEqualTo("a\n  b\n  x\nd\n");
    }

    @Test
    void aHunkThatIsNowhereSaysWhichMutantIsToBeWrittenAnew() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PATCH.apply("some-bug", "a\n"))
                .withMessageContainingAll("mutant some-bug does not apply any more", "nowhere", "  b\n  c\n");
    }

    @Test
    void aHunkThatFitsTwiceIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PATCH.apply("some-bug", "  b\n  c\n  b\n  c\n"))
                .withMessageContaining("in more than one place");
    }
}
