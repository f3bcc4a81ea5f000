package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Progress LATER = new Progress(Duration.ofSeconds(2), 120_000, 110_000, 900, 500, 4_000, 3);

    private final StringWriter text = new StringWriter();

    @Test
    void aLineSaysRatesInFlightAndLag() {
        Progress earlier = new Progress(Duration.ofSeconds(1), 70_000, 65_000, 0, 0, 5_000, 2);

        assertThat(LATER.line(earlier))
                .isEqualTo("  2.0 s  published 120,000 (50,000/s)  acked 110,000 (45,000/s)"
                        + "  retried 900  dead-lettered 500  in flight 4,000  lag 9,500  clients 3");
    }

    @Test
    void aTerminalHasALineThatIsRewritten() {
        Screen screen = new Screen(new PrintWriter(text), true);

        assertThat(screen.isDue(Duration.ofSeconds(2))).isTrue();
        screen.show(LATER);
        assertThat(screen.isDue(Duration.ofSeconds(2))).isFalse();
        screen.event("a third client joins");

        assertThat(text.toString())
                .startsWith("\r\033[2K\033[?7l  2.0 s")
                .contains("clients 3\033[?7h\r\033[2Ka third client joins");
    }

    @Test
    void elsewhereThereAreEventsOnly() {
        Screen screen = new Screen(new PrintWriter(text), false);

        screen.event("a third client joins");
        screen.clear();

        assertThat(screen.isDue(Duration.ofSeconds(2))).isFalse();
        assertThat(text.toString()).isEqualTo("a third client joins" + System.lineSeparator());
    }
}
