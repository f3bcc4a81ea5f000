package io.mika.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CloseReportTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);

    @Test
    void itsTextIsOneLine() {
        CloseReport report = new CloseReport(
                false,
                List.of(new AbandonedRecord("orders", 0, 17, Duration.ofMillis(1500))),
                Map.of(ORDERS_1, 5L, ORDERS_0, 17L),
                true,
                true,
                Optional.of(new IllegalStateException("fenced")),
                Duration.ofSeconds(2));

        assertThat(report)
                .hasToString("drained=false took=2000ms left_group=true abandoned=[orders-0@17 (1500 ms)]"
                        + " last_commits={orders-0=17, orders-1=5}"
                        + " cause=\"java.lang.IllegalStateException: fenced\"");
    }

    @Test
    void itsTextStaysShort() {
        List<AbandonedRecord> abandoned = LongStream.range(0, 5_000)
                .mapToObj(offset -> new AbandonedRecord("orders", 0, offset, Duration.ZERO))
                .toList();
        CloseReport report = new CloseReport(false, abandoned, Map.of(), false, true, Optional.empty(), Duration.ZERO);

        assertThat(report.toString())
                .contains("orders-0@9 (0 ms), ...] of 5000")
                .doesNotContain("orders-0@10");
    }

    @Test
    void oneThatIsNotFinalSaysSo() {
        assertThat(CloseReport.underWay().isFinal()).isFalse();
        assertThat(CloseReport.underWay()).hasToString("still closing");
    }

    @Test
    void itKeepsCopies() {
        List<AbandonedRecord> abandoned = new ArrayList<>();
        Map<TopicPartition, Long> commits = new HashMap<>();
        CloseReport report = new CloseReport(true, abandoned, commits, true, true, Optional.empty(), Duration.ZERO);

        abandoned.add(new AbandonedRecord("orders", 0, 17, Duration.ZERO));
        commits.put(ORDERS_0, 17L);

        assertThat(report.abandoned()).isEmpty();
        assertThat(report.lastCommits()).isEmpty();
    }
}
