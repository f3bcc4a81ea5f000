package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoPlanTest {
    @Test
    void aNumberOfRecordsGoesByWhatIsSent() {
        DemoPlan plan = new DemoPlan(200, null, 0);

        assertThat(plan.fraction(0, Duration.ofDays(1))).isZero();
        assertThat(plan.fraction(50, Duration.ZERO)).isEqualTo(0.25);
        assertThat(plan.fraction(200, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void aTimeGoesByTheClock() {
        DemoPlan plan = new DemoPlan(0, Duration.ofSeconds(4), 0);

        assertThat(plan.fraction(1_000_000, Duration.ZERO)).isZero();
        assertThat(plan.fraction(0, Duration.ofSeconds(1))).isEqualTo(0.25);
        assertThat(plan.fraction(0, Duration.ofSeconds(9))).isEqualTo(1);
    }
}
