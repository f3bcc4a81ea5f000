package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoResultTest {
    private static final Figures WHOLE = new Figures(33_334, 33_304, 30, 45, 2, 0, 0, 0, 0);
    private static final Figures LACKING = new Figures(33_333, 33_303, 20, 40, 0, 4, 6, 8, 1);

    @Test
    void theJsonObjectHasTheFiguresAsNumbers() throws Exception {
        JsonNode json = new ObjectMapper().readTree(result(LACKING).json());

        assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                {"published": 66667, "acked": 66607, "deadLettered": 50, "retried": 85, "duplicates": 2, "lost": 4,
                 "leftInFlight": 6, "uncommitted": 8, "unconfirmed": 0, "misrouted": 1, "clients": 3, "seconds": 2.5}
                """));
    }

    @Test
    void theJsonObjectIsOneLine() {
        assertThat(result(WHOLE).json()).startsWith("{").endsWith("}").doesNotContain("\n");
    }

    @Test
    void theTableHasALinePerTopicAndATotal() {
        assertThat(result(WHOLE).text().lines().map(line -> line.replaceAll(" +", " ")))
                .containsSubsequence(
                        "topic published acked dead-lettered retried duplicates lost left in flight",
                        "orders 33,334 33,304 30 45 2 0 0",
                        "payments 33,334 33,304 30 45 2 0 0",
                        "total 66,668 66,608 60 90 4 0 0",
                        "Nothing lost: 66,668 published = 66,608 acked + 60 dead-lettered;"
                                + " 3 clients of one group, 2.5 s (26,667 records/s).");
    }

    @Test
    void whatIsNotCompleteIsSaidSo() {
        assertThat(result(LACKING).text())
                .contains("NOT COMPLETE: 66,667 published = 66,607 acked + 50 dead-lettered + 10 missing;")
                .contains("1 records did not end where they belong")
                .contains("8 records are not committed");
    }

    private static DemoResult result(Figures payments) {
        Map<String, Figures> topics = new LinkedHashMap<>();
        topics.put("orders", WHOLE);
        topics.put("payments", payments);
        return new DemoResult(new Reconciliation(topics, 0), 3, Duration.ofMillis(2_500));
    }
}
