package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.ConfigException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartPositionTest {
    @ParameterizedTest
    @CsvSource({
        "2026-01-31T08:00:00Z, 2026-01-31T08:00:00Z",
        "2026-01-31t08:00:00z, 2026-01-31T08:00:00Z",
        "2026-01-31T08:00:00.5+01:00, 2026-01-31T07:00:00.5Z",
        "2026-01-31T08:00:00.123456789-05:30, 2026-01-31T13:30:00.123456789Z",
        "2026-01-31T08:00:00-00:00, 2026-01-31T08:00:00Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z"
    })
    void aTimeIsReadAsInRfc3339(String text, Instant time) {
        assertThat(StartPosition.parse(text)).isEqualTo(StartPosition.at(time));
        assertThat(StartPosition.parse(text).time()).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-01-31",
                "2026-01-31T08:00:00",
                "2026-01-31T08:00Z",
                "2026-01-31 08:00:00Z",
                "2026-02-30T08:00:00Z",
                "2026-01-31T08:00:61Z",
                "2026-01-31T08:00:00.1234567890Z",
                "2026-01-31T08:00:00.Z",
                "2026-01-31T08:00:00+01",
                "2026-01-31T08:00:00+25:00",
                " 2026-01-31T08:00:00Z",
                "1769846400000"
            })
    void allElseIsRefused(String text) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> StartPosition.parse(text))
                .withMessage("\"" + text
                        + "\" is not a time as in RFC 3339 (such as 2026-01-31T08:00:00Z), nor earliest, nor latest");
    }

    @Test
    void earliestAndLatestAreTakenInAnyCase() {
        assertThat(StartPosition.parse("Earliest")).isEqualTo(StartPosition.earliest());
        assertThat(StartPosition.parse("LATEST")).isEqualTo(StartPosition.latest());
    }

    @Test
    void eachPositionIsOneOfThree() {
        StartPosition time = StartPosition.at(Instant.EPOCH);

        assertThat(StartPosition.earliest().isEarliest()).isTrue();
        assertThat(StartPosition.earliest().isLatest()).isFalse();
        assertThat(StartPosition.latest().isLatest()).isTrue();
        assertThat(StartPosition.latest().epochMillis()).isEmpty();
        assertThat(time.isEarliest() || time.isLatest()).isFalse();
        assertThat(time).isNotEqualTo(StartPosition.earliest()).isNotEqualTo(StartPosition.latest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "latest", "2026-01-31T08:00:00.5Z"})
    void aPositionReadsItsOwnText(String text) {
        StartPosition position = StartPosition.parse(text);

        assertThat(StartPosition.parse(position.toString())).isEqualTo(position);
    }

    @Test
    void theFractionOfAMillisecondIsCutOff() {
        assertThat(StartPosition.at(Instant.parse("1970-01-01T00:00:01.0019Z")).epochMillis())
                .hasValue(1_001);
    }

    @Test
    void aTimeNeverBecomesOneOfKafkasNegativeOnes() {
        assertThat(StartPosition.at(Instant.EPOCH.minusMillis(1)).epochMillis()).hasValue(0);
        assertThat(StartPosition.at(Instant.MIN).epochMillis()).hasValue(0);
        assertThat(StartPosition.at(Instant.MAX).epochMillis()).hasValue(Long.MAX_VALUE);
    }
}
