package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.event.AbandonedRecord;
import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private static final TopicPartition ON_THE_WIRE = new TopicPartition("orders.test", 1);
    private static final TopicPartition NAMED = new TopicPartition("orders", 1);

    private long now = Duration.ofDays(-3).toNanos();
    private final Closing closing =
            new Closing(() -> now, partition -> new TopicPartition("orders", partition.partition()));

    private void after(Duration time) {
        now += time.toNanos();
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private Duration remaining() {
        return Duration.ofNanos(closing.remaining());
    }

    private Duration drainRemaining() {
        return Duration.ofNanos(closing.drainRemaining());
    }

    @Test
    void aLaterCloseBringsTheDeadlineForward() {
        closing.request(seconds(20), true);
        after(seconds(5));
        closing.request(seconds(1), true);

        assertThat(remaining()).isEqualTo(seconds(1));
    }

    @Test
    void aLaterCloseCannotPutTheDeadlineOff() {
        closing.request(seconds(20), true);
        after(seconds(5));
        closing.request(seconds(60), true);

        assertThat(remaining()).isEqualTo(seconds(15));
    }

    @Test
    void nothingRemainsAfterTheDeadline() {
        closing.request(seconds(1), true);
        after(seconds(5));

        assertThat(remaining()).isZero();
        assertThat(drainRemaining()).isNegative();
    }

    @Test
    void withoutACloseThereIsNoDeadline() {
        assertThat(closing.isRequested()).isFalse();
        assertThat(closing.remaining()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLongTimeoutIsADeadlineToo() {
        closing.request(Duration.ofSeconds(Long.MAX_VALUE), true);

        assertThat(remaining()).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void aTimeoutBelowZeroIsOverAtOnce() {
        closing.request(Duration.ofSeconds(Long.MIN_VALUE), true);

        assertThat(remaining()).isZero();
    }

    @Test
    void drainingLeavesTimeForTheLastCommit() {
        closing.request(seconds(20), true);
        assertThat(drainRemaining()).isEqualTo(seconds(18));

        after(seconds(18));
        assertThat(drainRemaining()).isZero();
        assertThat(remaining()).isEqualTo(seconds(2));
    }

    @Test
    void aShortCloseDrainsForMostOfItsTime() {
        closing.request(seconds(2), true);

        assertThat(drainRemaining()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void aCloseThatIsBroughtForwardDrainsForMostOfWhatIsLeft() {
        closing.request(seconds(20), true);
        after(seconds(10));
        closing.request(seconds(2), true);

        assertThat(drainRemaining()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void closeNowDoesNotDrain() {
        closing.request(seconds(5), false);

        assertThat(drainRemaining()).isZero();
        assertThat(remaining()).isEqualTo(seconds(5));
    }

    @Test
    void closeNowEndsADrainUnderWay() {
        closing.request(seconds(20), true);
        closing.request(seconds(5), false);
        assertThat(drainRemaining()).isZero();

        closing.request(seconds(20), true);
        assertThat(drainRemaining()).isZero();
    }

    @Test
    void theReportTellsWhatWasReached() {
        closing.request(seconds(20), true);
        long handedOutAt = now - seconds(7).toNanos();
        closing.reached(new Closing.Progress(
                false,
                List.of(new OpenRecord(ON_THE_WIRE, 42, handedOutAt, 0, false, null)),
                Map.of(ON_THE_WIRE, 40L),
                true));
        after(seconds(3));
        CloseReport report = closing.end();

        assertThat(report.drained()).isFalse();
        assertThat(report.abandoned()).containsExactly(new AbandonedRecord("orders", 1, 42, seconds(10)));
        assertThat(report.lastCommits()).containsExactly(Map.entry(NAMED, 40L));
        assertThat(report.leftGroup()).isTrue();
        assertThat(report.isFinal()).isTrue();
        assertThat(report.cause()).isEmpty();
        assertThat(report.took()).isEqualTo(seconds(3));
    }

    @Test
    void aReportThatThePollThreadTookNoPartInSaysSo() {
        closing.request(seconds(2), true);
        after(seconds(2));
        CloseReport report = closing.end();

        assertThat(report.drained()).isFalse();
        assertThat(report.leftGroup()).isFalse();
        assertThat(report.took()).isEqualTo(seconds(2));
    }

    @Test
    void theFirstCauseIsTheOneReported() {
        IllegalStateException first = new IllegalStateException("first");
        closing.because(first);
        closing.because(new IllegalStateException("second"));

        assertThat(closing.end().cause()).containsSame(first);
    }

    @Test
    void itIsOverWhenTheReportIsMade() {
        closing.request(seconds(1), true);
        after(seconds(9));
        assertThat(closing.isOver()).isFalse();

        CloseReport report = closing.end();
        assertThat(closing.isOver()).isTrue();
        assertThat(closing.report()).isNotDone();
        closing.complete(report);
        assertThat(closing.report()).isCompletedWithValue(report);
    }
}
