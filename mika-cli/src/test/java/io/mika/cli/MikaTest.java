package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

class MikaTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            Mika.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void helpNamesTheCommands() {
        assertThat(commandLine.execute("--help")).isEqualTo(ExitCode.OK);

        assertThat(out.toString()).contains("demo", "broker", "simulate", "mutants");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutACommandTheUsageGoesToStandardError() {
        assertThat(commandLine.execute()).isEqualTo(ExitCode.USAGE);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("Usage: mika");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "demo --record 5", "demo --records five", "broker --port x"})
    void whatIsNotUnderstoodIsAUsageError(String line) {
        String[] args = line.split(" ", -1);

        assertThat(commandLine.execute(args)).isEqualTo(ExitCode.USAGE);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains(args[args.length - 1]);
    }

    @Test
    void aNumberOutOfRangeIsAUsageError() {
        assertThat(commandLine.execute("demo", "--records", "0")).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("--records: 0 is not 1 or more");
    }
}
