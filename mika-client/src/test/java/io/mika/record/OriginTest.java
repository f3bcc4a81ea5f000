package io.mika.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OriginTest {
    @Test
    void anOriginReadsAsInKafkasLogs() {
        assertThat(new Origin("orders", 3, 42)).hasToString("orders-3@42");
    }

    @Test
    void negativeNumbersAreNoOrigin() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Origin("orders", -1, 42));
        assertThatIllegalArgumentException().isThrownBy(() -> new Origin("orders", 3, -1));
    }
}
