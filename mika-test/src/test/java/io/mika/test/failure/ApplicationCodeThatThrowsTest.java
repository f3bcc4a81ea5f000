package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Settlement;
import io.mika.test.MikaTester;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the application gives to the decision over a failure may itself be broken; the failure finds its way. */
class ApplicationCodeThatThrowsTest {
    private final List<Settlement> settlements = new ArrayList<>();

    @Test
    void aPredicateThatThrowsMakesAFailureFatalAndIsReported() {
        Predicate<Throwable> broken = failure -> {
            throw new NullPointerException("the predicate's own");
        };
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer(
                        "orders", options -> options.retries(2).retryOn(broken).useDlq(), delivery -> {
                            throw new IllegalStateException("no");
                        })
                .start()) {
            tester.publish("orders", "k", "apples");
            tester.publish("orders", "k", "pears");
            tester.runUntilIdle();

            assertThat(tester.records("dlq")).hasSize(2);
            assertThat(tester.committed("orders", 0)).hasValue(2);
            assertThat(tester.errors()).hasSize(2).allMatch(NullPointerException.class::isInstance);
        }
    }

    @Test
    void anExceptionThatCannotTellItsCauseOrItsMessageIsAFailureAllTheSame() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer("orders", options -> options.retries(2).useDlq(), delivery -> {
                    throw new Mute();
                })
                .start()) {
            tester.publish("orders", "k", "apples");
            tester.runUntilIdle();

            assertThat(tester.records("dlq")).hasSize(1);
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }

    @Test
    void aDelayOfForeverIsADelay() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .consumer("orders", options -> options.retries(2), delivery -> {
                    var unused = delivery.retry(null, ChronoUnit.FOREVER.getDuration())
                            .thenAccept(settlements::add);
                })
                .start()) {
            tester.publish("orders", "k", "apples");
            tester.runUntilIdle();

            assertThat(settlements).containsExactly(Settlement.RETRIED);
            assertThat(tester.records("retry")).hasSize(1);
            assertThat(tester.committed("orders", 0)).hasValue(1);
            assertThat(tester.committed("retry", 0)).as("it waits").hasValue(0);
        }
    }

    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }
    }
}
