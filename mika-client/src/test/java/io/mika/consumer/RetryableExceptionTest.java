package io.mika.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryableExceptionTest {
    private final IOException cause = new IOException("disk");

    @Test
    void bearsMessageAndCause() {
        assertThat(new RetryableException("busy")).hasMessage("busy").hasNoCause();
        assertThat(new RetryableException("busy", cause)).hasMessage("busy").hasCause(cause);
        assertThat(new RetryableException(cause))
                .hasMessage("java.io.IOException: disk")
                .hasCause(cause);
    }

    @Test
    void hasNoDelayOfItsOwn() {
        assertThat(new RetryableException("busy").delay()).isEmpty();
    }

    @Test
    void afterGivesTheSameFailureWithADelay() {
        RetryableException plain = new RetryableException("busy", cause);
        plain.addSuppressed(new IllegalStateException("closing too"));

        RetryableException delayed = plain.after(Duration.ofMinutes(1));

        assertThat(delayed.delay()).contains(Duration.ofMinutes(1));
        assertThat(plain.delay()).isEmpty();
        assertThat(delayed).hasMessage("busy").hasCause(cause);
        assertThat(delayed.getStackTrace()).isEqualTo(plain.getStackTrace());
        assertThat(delayed.getSuppressed()).isEqualTo(plain.getSuppressed());
    }

    @Test
    void afterKeepsASubclassAsTheCause() {
        RetryableException special = new SpecialException();

        assertThat(special.after(Duration.ZERO)).hasMessage("special").hasCause(special);
    }

    @Test
    void aNegativeDelayIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryableException("busy").after(Duration.ofSeconds(-1)))
                .withMessage("after: PT-1S is negative");
    }

    private static final class SpecialException extends RetryableException {
        private static final long serialVersionUID = 1L;

        SpecialException() {
            super("special");
        }
    }
}
