package io.mika.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMedianOfAnEvenCountLiesBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(1, 2.5, 4));
    }

    @Test
    void ratiosAreThoseOfThePairs() {
        assertThat(Spread.ofRatios(List.of(2.0, 9.0), List.of(1.0, 3.0), Double::doubleValue))
                .isEqualTo(new Spread(2, 2.5, 3));
    }
}
