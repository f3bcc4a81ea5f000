package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.OutageBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** When nothing of a consumer succeeds any more. */
class OutageTest {
    private static final TopicPartition ZERO = new TopicPartition("orders", 0);
    private static final TopicPartition ONE = new TopicPartition("orders", 1);

    private final List<String> told = new ArrayList<>();
    private final Outage outage = new Outage(
            OutageBreaker.create().noAckFor(Duration.ofSeconds(30)).failures(3).probeEvery(Duration.ofSeconds(10)),
            (on, failures) -> told.add((on ? "began " : "ended ") + failures));

    private static long seconds(long count) {
        return Duration.ofSeconds(count).toNanos();
    }

    private void begun() {
        outage.failed(seconds(0));
        outage.failed(seconds(1));
        outage.failed(seconds(30));
    }

    @Test
    void enoughFailuresForLongEnoughBeginIt() {
        assertThat(outage.failed(seconds(0))).isFalse();
        assertThat(outage.failed(seconds(1))).isFalse();
        assertThat(outage.failed(seconds(29))).isFalse();
        assertThat(outage.failed(seconds(30))).isTrue();
        assertThat(outage.isOn()).isTrue();
        assertThat(told).containsExactly("began 4");
    }

    @Test
    void fewFailuresDoNotBeginIt() {
        assertThat(outage.failed(seconds(0))).isFalse();
        assertThat(outage.failed(seconds(3600))).isFalse();
        assertThat(outage.isOn()).isFalse();
    }

    @Test
    void theTimeCountsFromTheFirstFailureAfterTheLastAck() {
        outage.failed(seconds(0));
        outage.failed(seconds(1));
        outage.acked();
        outage.failed(seconds(100));
        outage.failed(seconds(101));
        outage.failed(seconds(102));

        assertThat(outage.isOn()).isFalse();
    }

    @Test
    void anAckEndsIt() {
        begun();
        outage.acked();
        outage.acked();

        assertThat(outage.isOn()).isFalse();
        assertThat(told).containsExactly("began 3", "ended 3");
    }

    @Test
    void thereIsOneProbeOfEachPartitionInAnInterval() {
        begun();

        assertThat(outage.probe(ZERO, seconds(39))).isFalse();
        assertThat(outage.probe(ZERO, seconds(40))).isTrue();
        assertThat(outage.probe(ZERO, seconds(40))).isFalse();
        assertThat(outage.probe(ONE, seconds(45))).isTrue();
        assertThat(outage.probeAt(ZERO)).isEqualTo(seconds(50));
        assertThat(outage.probe(ZERO, seconds(50))).isTrue();
    }

    @Test
    void aPartitionThatComesInAnOutageIsProbedAnIntervalLater() {
        begun();

        outage.assigned(ONE, seconds(200));
        assertThat(outage.probe(ONE, seconds(209))).isFalse();
        assertThat(outage.probe(ONE, seconds(210))).isTrue();
        assertThat(outage.probe(ZERO, seconds(210)))
                .as("which was there and had nothing to probe with")
                .isTrue();
    }

    @Test
    void aPartitionThatComesBackKeepsToItsInterval() {
        begun();
        outage.probe(ZERO, seconds(40));

        outage.assigned(ZERO, seconds(48));
        assertThat(outage.probeAt(ZERO)).isEqualTo(seconds(50));
        outage.assigned(ZERO, seconds(51));
        assertThat(outage.probeAt(ZERO)).isEqualTo(seconds(61));
    }

    @Test
    void aProbeThatWasNotMadeIsMadeLater() {
        begun();
        outage.probe(ZERO, seconds(40));
        outage.giveBack(ZERO);

        assertThat(outage.probe(ZERO, seconds(41))).isTrue();
    }
}
