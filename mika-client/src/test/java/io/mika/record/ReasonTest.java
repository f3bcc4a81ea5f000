package io.mika.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReasonTest {
    private static final String IO = "java.io.IOException";

    @Test
    void anExceptionSaysItsMessage() {
        assertThat(Reason.of(new IOException("disk full"))).isEqualTo(new Reason("disk full", IO));
    }

    @Test
    void anExceptionWithoutAMessageSaysItsClass() {
        assertThat(Reason.of(new IOException())).isEqualTo(new Reason(IO, IO));
        assertThat(Reason.of(new IOException(""))).isEqualTo(new Reason(IO, IO));
    }

    @Test
    void noReasonIsUnknown() {
        assertThat(Reason.of(null)).isEqualTo(new Reason("unknown", null));
        assertThat(Reason.ofText(null)).isEqualTo(new Reason("unknown", null));
        assertThat(Reason.ofText("bad order")).isEqualTo(new Reason("bad order", null));
    }

    @Test
    void whatOnlyCarriesAnotherIsLookedThrough() {
        Throwable carried = new ExecutionException(new CompletionException(new Carrier(new IOException("disk full"))));

        assertThat(Reason.of(carried, Carrier.class)).isEqualTo(new Reason("disk full", IO));
        assertThat(Reason.of(carried).exceptionClass()).isEqualTo(Carrier.class.getName());
    }

    @Test
    void aCarrierOfNothingSpeaksForItself() {
        assertThat(Reason.of(new CompletionException("timed out", null)))
                .isEqualTo(new Reason("timed out", CompletionException.class.getName()));
    }

    /** An application that made a class of its own has something to say with it. */
    @Test
    void aSubclassOfACarrierSpeaksForItself() {
        Throwable busy = new Busy("bank is busy", new IOException("disk full"));

        assertThat(Reason.of(busy, Carrier.class)).isEqualTo(new Reason("bank is busy", Busy.class.getName()));
    }

    @Test
    void causesMayFormARing() {
        Carrier one = new Carrier(null);
        one.initCause(new Carrier(one));

        assertThat(Reason.of(one, Carrier.class).exceptionClass()).isEqualTo(Carrier.class.getName());
    }

    @Test
    void anExceptionThatCannotSayItsMessageSaysItsClass() {
        Throwable mute = new IOException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        };

        assertThat(Reason.of(mute).message()).isEqualTo(mute.getClass().getName());
    }

    private static class Carrier extends Exception {
        private static final long serialVersionUID = 1L;

        Carrier(@Nullable Throwable cause) {
            this(null, cause);
        }

        Carrier(@Nullable String message, @Nullable Throwable cause) {
            super(message);
            if (cause != null) {
                initCause(cause);
            }
        }
    }

    private static final class Busy extends Carrier {
        private static final long serialVersionUID = 1L;

        Busy(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
