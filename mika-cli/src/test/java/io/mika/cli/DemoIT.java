package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    @TempDir
    private Path folder;

    @Test
    void theDemoAccountsForEveryRecordThatFails() throws Exception {
        JsonNode json = json("demo", "--records", "20000", "--fail-rate", "0.1", "--json");

        assertThat(json.get("published").asLong()).isEqualTo(20_000);
        assertThat(json.get("deadLettered").asLong()).isCloseTo(1_000, within(50L));
        assertThat(json.get("retried").asLong()).isCloseTo(1_500, within(50L));
        assertThat(json.get("acked").asLong() + json.get("deadLettered").asLong())
                .isEqualTo(20_000);
        assertNothingIsMissing(json);
    }

    @Test
    void withoutFailuresAllIsAcked() throws Exception {
        JsonNode json = json("demo", "--records", "20000", "--fail-rate", "0", "--json");

        assertThat(json.get("acked").asLong()).isEqualTo(20_000);
        assertThat(json.get("deadLettered").asLong()).isZero();
        assertThat(json.get("retried").asLong()).isZero();
        assertNothingIsMissing(json);
    }

    private static void assertNothingIsMissing(JsonNode json) {
        Stream.of("lost", "leftInFlight", "uncommitted", "unconfirmed", "misrouted")
                .forEach(field -> assertThat(json.get(field).asLong()).as(field).isZero());
    }

    private JsonNode json(String... command) throws Exception {
        try (JvmRun demo = new JvmRun(folder, command)) {
            int status = demo.awaitExit(120);

            assertThat(status).as(demo.err()).isZero();
            JsonNode json = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(demo.out());
            assertThat(json.isObject()).as(demo.out()).isTrue();
            return json;
        }
    }

    @Test
    void withoutJsonItEndsWithATable() throws Exception {
        try (JvmRun demo = new JvmRun(folder, "demo", "--seconds", "2", "--fail-rate", "0.5")) {
            int status = demo.awaitExit(120);

            assertThat(status).as(demo.err()).isZero();
            assertThat(demo.out())
                    .contains("orders", "payments", "shipments", "total", "dead-lettered", "Nothing lost");
            assertThat(demo.err()).contains("a third client joins").doesNotContain("\033[");
        }
    }
}
