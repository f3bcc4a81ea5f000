package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import io.mika.failure.Route.Failed;
import io.mika.failure.Route.Way;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The decision over a failed record, for every source. */
class RouteTest {
    private static final Backoff IN_PLACE = Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Backoff HOPS = Backoff.exponential(Duration.ofMinutes(1), Duration.ofHours(1));

    private static ConsumerOptions options(int inPlace, int hops, boolean dlq) {
        ConsumerOptions options =
                ConsumerOptions.create().inPlaceRetries(inPlace, IN_PLACE).retries(hops, HOPS);
        return dlq ? options.useDlq() : options;
    }

    @ParameterizedTest(name = "{0}, retryable {1}, {2} of {3} in place, {4} of {5} hops, DLQ {6}: {7}")
    @CsvSource({
        // source, retryable, tries so far, allowed, hops so far, allowed, DLQ, way
        "TOPIC, true,  0, 2, 0, 3, true,  IN_PLACE",
        "TOPIC, true,  1, 2, 0, 3, true,  IN_PLACE",
        "TOPIC, true,  2, 2, 0, 3, true,  RETRY_TOPIC",
        "TOPIC, true,  2, 2, 2, 3, true,  RETRY_TOPIC",
        "TOPIC, true,  2, 2, 3, 3, true,  DLQ",
        "TOPIC, true,  2, 2, 3, 3, false, NOWHERE",
        "TOPIC, true,  0, 0, 0, 1, false, RETRY_TOPIC",
        "TOPIC, true,  0, 0, 0, 0, true,  DLQ",
        "TOPIC, true,  0, 0, 0, 0, false, NOWHERE",
        "TOPIC, false, 0, 2, 0, 3, true,  DLQ",
        "TOPIC, false, 0, 2, 0, 3, false, NOWHERE",
        "TOPIC, true,  2147483646, 2147483647, 0, 0, false, IN_PLACE",
        "RETRY, true,  0, 2, 1, 3, true,  RETRY_TOPIC",
        "RETRY, true,  0, 2, 2, 3, true,  RETRY_TOPIC",
        "RETRY, true,  0, 2, 3, 3, true,  DLQ",
        "RETRY, true,  0, 2, 4, 3, true,  DLQ",
        "RETRY, true,  0, 2, 3, 3, false, NOWHERE",
        "RETRY, false, 0, 2, 1, 3, true,  DLQ",
        "RETRY, false, 0, 2, 1, 3, false, NOWHERE",
        "RETRY, true,  0, 0, 2147483647, 2147483647, true, DLQ",
        "DLQ,   true,  0, 2, 1, 3, true,  RETRY_TOPIC",
        "DLQ,   true,  0, 2, 1, 3, false, RETRY_TOPIC",
        "DLQ,   true,  0, 2, 3, 3, true,  DLQ",
        "DLQ,   true,  0, 2, 3, 3, false, DLQ",
        "DLQ,   false, 0, 2, 0, 3, false, DLQ",
        "DLQ,   false, 0, 0, 0, 0, false, DLQ",
    })
    void goesTheFirstWayThatIsOpen(
            Source source, boolean retryable, int tries, int inPlace, int hops, int retries, boolean dlq, Way way) {
        Failed failed = new Failed(source, tries, hops, retryable, Optional.empty(), options(inPlace, retries, dlq));

        assertThat(Route.of(failed, 0.5).way()).isEqualTo(way);
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void aCountOfHopsThatNobodyCanReadIsAsHighAsItMayBe(Source source) {
        Failed failed = new Failed(
                source, 0, Route.HOPS_UNREADABLE, true, Optional.empty(), options(0, Integer.MAX_VALUE, true));

        assertThat(Route.of(failed, 0.5).way()).isEqualTo(Way.DLQ);
    }

    @ParameterizedTest(name = "after {1} tries in place and {2} hops, from {0}: {3} s")
    @CsvSource({
        "TOPIC, 0, 0, 1",
        "TOPIC, 1, 0, 2",
        "TOPIC, 2, 0, 60",
        "RETRY, 0, 1, 120",
        "RETRY, 0, 2, 240",
        "DLQ, 0, 0, 60"
    })
    void theBackoffOfTheWayCountsTheAttemptsOfThatWay(Source source, int tries, int hops, int seconds) {
        Failed failed = new Failed(source, tries, hops, true, Optional.empty(), options(2, 3, true));

        assertThat(Route.of(failed, 0.5).delay()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"TOPIC, IN_PLACE", "RETRY, RETRY_TOPIC", "DLQ, RETRY_TOPIC"})
    void aDelayThatTheFailureAsksForGoesBeforeTheBackoff(Source source, Way way) {
        Failed failed = new Failed(source, 0, 0, true, Optional.of(Duration.ofSeconds(7)), options(2, 3, true));

        assertThat(Route.of(failed, 0.5)).isEqualTo(new Route(way, Duration.ofSeconds(7)));
    }

    @Test
    void nothingWaitsInTheDeadLetterQueue() {
        Failed failed = new Failed(Source.TOPIC, 0, 0, false, Optional.of(Duration.ofSeconds(7)), options(2, 3, true));

        assertThat(Route.of(failed, 0.5)).isEqualTo(new Route(Way.DLQ, Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"TOPIC, true, DLQ", "TOPIC, false, NOWHERE", "RETRY, false, NOWHERE", "DLQ, false, DLQ"})
    void whatTheRetryTopicDoesNotTakeIsAsIfItsHopsWereExhausted(Source source, boolean dlq, Way way) {
        Failed failed = new Failed(source, 0, 0, true, Optional.empty(), options(0, 3, dlq));

        assertThat(Route.withoutAnotherAttempt(failed)).isEqualTo(new Route(way, Duration.ZERO));
    }

    @Test
    void theJitterIsThatOfTheArgument() {
        ConsumerOptions options = ConsumerOptions.create()
                .retries(1, Backoff.fixed(Duration.ofSeconds(10)).jitter(0.2));
        Failed failed = new Failed(Source.TOPIC, 0, 0, true, Optional.empty(), options);

        assertThat(Route.of(failed, 0).delay()).isEqualTo(Duration.ofSeconds(8));
        assertThat(Route.of(failed, 1).delay()).isEqualTo(Duration.ofSeconds(12));
    }
}
