package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class DemoCommandTest {
    private final DemoCommand command = new DemoCommand();
    private final CommandLine commandLine = new CommandLine(command);

    @Test
    void withoutOptionsAHundredThousandRecordsArePublished() {
        commandLine.parseArgs();

        assertThat(command.plan()).isEqualTo(new DemoPlan(100_000, null, 0.05));
    }

    @Test
    void recordsAndSecondsAreTaken() {
        commandLine.parseArgs("--records", "10000000", "--json");
        assertThat(command.plan()).isEqualTo(new DemoPlan(10_000_000, null, 0.05));

        commandLine.parseArgs("--seconds", "90");
        assertThat(command.plan()).isEqualTo(new DemoPlan(0, Duration.ofSeconds(90), 0.05));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void aFailRateIsTaken(double rate) {
        commandLine.parseArgs("--fail-rate", Double.toString(rate));

        assertThat(command.plan()).isEqualTo(new DemoPlan(100_000, null, rate));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "1.5", "NaN"})
    void aFailRateThatIsNoPartIsRefused(String rate) {
        commandLine.parseArgs("--fail-rate=" + rate);

        assertThatThrownBy(command::plan)
                .isInstanceOf(ParameterException.class)
                .hasMessage("--fail-rate: %s is not from 0 to 1", rate);
    }

    @ParameterizedTest
    @CsvSource({"--records,0", "--records,-5", "--seconds,0"})
    void aNumberBelowOneIsRefused(String option, String value) {
        commandLine.parseArgs(option, value);

        assertThatThrownBy(command::plan)
                .isInstanceOf(ParameterException.class)
                .hasMessage("%s: %s is not 1 or more", option, value);
    }

    @Test
    void recordsAndSecondsExcludeEachOther() {
        commandLine.parseArgs("--records", "5", "--seconds", "5");

        assertThatThrownBy(command::plan).isInstanceOf(ParameterException.class).hasMessageContaining("exclude");
    }
}
