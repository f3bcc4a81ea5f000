package io.mika.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static final double NO_JITTER = 0.5;

    @Test
    void noneDoesNotWait() {
        assertThat(Backoff.none().delay(1, NO_JITTER)).isZero();
        assertThat(Backoff.none().delay(Integer.MAX_VALUE, 1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, Integer.MAX_VALUE})
    void fixedWaitsTheSameBeforeEachAttempt(int attempts) {
        assertThat(Backoff.fixed(Duration.ofSeconds(5)).delay(attempts, NO_JITTER))
                .isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 10", "6, 10", "2147483647, 10"})
    void exponentialDoublesUpToTheLongest(int attempts, int seconds) {
        Backoff backoff = Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(10));

        assertThat(backoff.delay(attempts, NO_JITTER)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 300", "3, 900", "4, 1000"})
    void theFactorIsAChoice(int attempts, int millis) {
        Backoff backoff = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(1), 3);

        assertThat(backoff.delay(attempts, NO_JITTER)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"0, 800", "0.25, 900", "0.5, 1000", "1, 1200"})
    void jitterSpreadsInBothDirections(double random, int millis) {
        Backoff backoff = Backoff.fixed(Duration.ofSeconds(1)).jitter(0.2);

        assertThat(backoff.delay(1, random)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void waitsBeyondWhatALongOfNanosecondsHoldsAreStillWaits() {
        Duration forever = ChronoUnit.FOREVER.getDuration();

        assertThat(Backoff.fixed(forever).delay(1, NO_JITTER)).isGreaterThan(Duration.ofDays(100_000));
        assertThat(Backoff.fixed(forever).jitter(1).delay(1, 1)).isGreaterThan(Duration.ofDays(100_000));
        assertThat(Backoff.exponential(Duration.ofSeconds(1), forever).delay(Integer.MAX_VALUE, NO_JITTER))
                .isGreaterThan(Duration.ofDays(100_000));
    }

    @Test
    void whatMakesNoSenseIsRefusedWithTheValue() {
        Duration second = Duration.ofSeconds(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.fixed(Duration.ofSeconds(-1)))
                .withMessage("fixed: PT-1S is negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(second, Duration.ofMillis(1)))
                .withMessage("exponential: the longest wait, PT0.001S, is shorter than the first, PT1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(second, second, 0.5))
                .withMessage("exponential: the factor 0.5 is not a number of 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(second, second, Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.none().jitter(1.5))
                .withMessage("jitter: 1.5 is not from 0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.none().delay(0, NO_JITTER))
                .withMessage("delay: 0 attempts are fewer than 1");
    }

    @Test
    void saysWhatItIs() {
        assertThat(Backoff.none()).hasToString("none");
        assertThat(Backoff.fixed(Duration.ofSeconds(5))).hasToString("fixed PT5S");
        assertThat(Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(1))
                        .jitter(0.2))
                .hasToString("PT1S to PT1M by 2.0 jitter 0.2");
    }
}
