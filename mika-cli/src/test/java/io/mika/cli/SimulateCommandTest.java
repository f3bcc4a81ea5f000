package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

class SimulateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            Mika.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void asManySchedulesRunAsAskedFor() {
        assertThat(commandLine.execute("simulate", "--schedules", "20", "--seed", "3"))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);

        assertThat(out.toString()).contains("20 schedules from seed 3", "20 schedules in ", "Every rule was kept.");
    }

    @Test
    void theHistoryOfASeedIsTheSameEachTime() {
        assertThat(commandLine.execute("simulate", "--seed", "3", "--history")).isEqualTo(ExitCode.OK);
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(commandLine.execute("simulate", "--seed", "3", "--history")).isEqualTo(ExitCode.OK);

        assertThat(out.toString()).isEqualTo(first).contains("plan Plan[", "m0 starts");
    }

    @Test
    void noSchedulesAreAUsageError() {
        assertThat(commandLine.execute("simulate", "--schedules", "0")).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("--schedules: 0 is not 1 or more");
    }
}
