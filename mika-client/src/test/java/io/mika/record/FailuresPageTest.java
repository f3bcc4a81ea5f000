package io.mika.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds docs/failures.md to the code. */
class FailuresPageTest {
    private static final Path PAGE = Path.of("..", "docs", "failures.md");

    @Test
    void thePageListsAllHeadersInOrder() throws IOException {
        assertThat(headers().stream().map(FailuresPageTest::name)).containsExactlyElementsOf(FailureHeaders.NAMES);
    }

    @Test
    void thePageSaysWhichHeadersAreOptional() throws IOException {
        assertThat(headers().stream().filter(row -> row.contains("(optional)")).map(FailuresPageTest::name))
                .containsExactlyInAnyOrderElementsOf(
                        FailureHop.OPTIONAL.stream().map(FailureField::header).toList());
    }

    @Test
    void thePageSaysHowTheNamesBegin() throws IOException {
        assertThat(Files.readString(PAGE)).contains("`" + FailureHeaders.prefix("<group>") + "`");
    }

    /** The rows of the table of headers. */
    private static List<String> headers() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| header |"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }

    private static String name(String row) {
        return row.substring(row.indexOf('`') + 1, row.indexOf('`', row.indexOf('`') + 1));
    }
}
