package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoResultTest {
    private static final Figures WHOLE = new Figures(33_334, 33_334, 2, 0, 0, 0);
    private static final Figures LACKING = new Figures(33_333, 33_323, 0, 4, 6, 8);

    @Test
    void theJsonObjectHasTheFiguresAsNumbers() throws Exception {
        JsonNode json = new ObjectMapper().readTree(result(LACKING).json());

        assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                {"published": 66667, "acked": 66657, "deadLettered": 0, "retried": 0, "duplicates": 2, "lost": 4,
                 "leftInFlight": 6, "uncommitted": 8, "unconfirmed": 0, "clients": 3, "seconds": 2.5}
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
                        "topic published acked duplicates lost left in flight",
                        "orders 33,334 33,334 2 0 0",
                        "payments 33,334 33,334 2 0 0",
                        "total 66,668 66,668 4 0 0",
                        "Nothing lost: 66,668 records, 3 clients of one group, 2.5 s (26,667 records/s).");
    }

    @Test
    void whatIsNotCompleteIsSaidSo() {
        assertThat(result(LACKING).text()).contains("NOT COMPLETE").contains("8 records are not committed");
    }

    private static DemoResult result(Figures payments) {
        Map<String, Figures> topics = new LinkedHashMap<>();
        topics.put("orders", WHOLE);
        topics.put("payments", payments);
        return new DemoResult(new Reconciliation(topics, 0), 3, Duration.ofMillis(2_500));
    }
}
