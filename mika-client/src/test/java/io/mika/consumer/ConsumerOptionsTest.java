package io.mika.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ConsumerOptionsTest {
    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        ConsumerOptions options = ConsumerOptions.create();

        assertThat(options.retries()).isZero();
        assertThat(options.usesDlq()).isFalse();
        assertThat(options.concurrency()).isEmpty();
        assertThat(options.maxInFlight()).isEqualTo(10_000);
        assertThat(options.problems()).isEmpty();
    }

    @Test
    void whatIsSetIsRead() {
        ConsumerOptions options = ConsumerOptions.create()
                .retries(2)
                .useDlq()
                .useDlq()
                .concurrency(8)
                .maxInFlight(1);

        assertThat(options.retries()).isEqualTo(2);
        assertThat(options.usesDlq()).isTrue();
        assertThat(options.concurrency()).hasValue(8);
        assertThat(options.maxInFlight()).isEqualTo(1);
        assertThat(options.problems()).isEmpty();
        assertThat(options)
                .hasToString(
                        "ConsumerOptions[retries=2, backoff=none, inPlaceRetries=0, inPlaceBackoff=none, useDlq=true,"
                                + " ordering=PARTITION,"
                                + " concurrency=8, maxInFlight=1]");
    }

    @Test
    void wrongNumbersAreProblems() {
        ConsumerOptions options =
                ConsumerOptions.create().retries(-1).concurrency(0).maxInFlight(-5);

        assertThat(options.problems())
                .containsExactly(
                        "retries: -1 is less than 0",
                        "concurrency: 0 is less than 1",
                        "maxInFlight: -5 is less than 1");
    }

    @Test
    void aSecondCallIsAProblem() {
        ConsumerOptions options = ConsumerOptions.create()
                .retries(1)
                .retries(2)
                .concurrency(3)
                .concurrency(4)
                .maxInFlight(5)
                .maxInFlight(6);

        assertThat(options.problems())
                .containsExactly(
                        "retries: set twice, to 1 and to 2",
                        "concurrency: set twice, to 3 and to 4",
                        "maxInFlight: set twice, to 5 and to 6");
    }

    @Test
    void anEmptyListOfTypesIsAProblem() {
        assertThat(ConsumerOptions.create().retryOn().problems()).containsExactly("retryOn: no exception type given");
    }

    @Test
    void aCopyIsOutOfReach() {
        ConsumerOptions options = ConsumerOptions.create().retries(1);
        ConsumerOptions copy = options.copy();

        options.retries(2).useDlq().retryOn(IOException.class).maxInFlight(-1);

        assertThat(copy.retries()).isEqualTo(1);
        assertThat(copy.usesDlq()).isFalse();
        assertThat(copy.isRetryable(new IOException())).isFalse();
        assertThat(copy.problems()).isEmpty();
    }

    @Test
    void onlyARetryableExceptionIsRetryableByDefault() {
        ConsumerOptions options = ConsumerOptions.create();

        assertThat(options.isRetryable(new IOException())).isFalse();
        assertThat(options.isRetryable(null)).isFalse();
        assertThat(options.isRetryable(new RetryableException("busy"))).isTrue();
    }

    @Test
    void theWholeCauseChainCounts() {
        ConsumerOptions options = ConsumerOptions.create();
        RetryableException cause = new RetryableException("busy");

        assertThat(options.isRetryable(new IllegalStateException(new IOException(cause))))
                .isTrue();
    }

    @Test
    void namedTypesAndTheirSubtypesAreRetryableToo() {
        ConsumerOptions options = ConsumerOptions.create()
                .retryOn(IOException.class, TimeoutException.class)
                .retryOn(ArithmeticException.class);

        assertThat(options.isRetryable(new FileNotFoundException())).isTrue();
        assertThat(options.isRetryable(new UncheckedIOException(new IOException())))
                .isTrue();
        assertThat(options.isRetryable(new ArithmeticException())).isTrue();
        assertThat(options.isRetryable(new RetryableException("busy"))).isTrue();
        assertThat(options.isRetryable(new IllegalStateException())).isFalse();
    }

    @Test
    void aPredicateSeesEveryCause() {
        ConsumerOptions options = ConsumerOptions.create().retryOn(failure -> "busy".equals(failure.getMessage()));

        assertThat(options.isRetryable(new RuntimeException("no", new Exception("busy"))))
                .isTrue();
        assertThat(options.isRetryable(new RuntimeException("no"))).isFalse();
    }

    @Test
    void aCycleOfCausesEnds() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);

        assertThat(ConsumerOptions.create().isRetryable(first)).isFalse();
        assertThat(Causes.chain(first)).containsExactly(first, second);
    }
}
