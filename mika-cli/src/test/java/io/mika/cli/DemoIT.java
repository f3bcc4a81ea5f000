package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    @TempDir
    private Path folder;

    @Test
    void theDemoLosesNothingAndPrintsOneJsonObject() throws Exception {
        try (JvmRun demo = new JvmRun(folder, "demo", "--records", "20000", "--json")) {
            int status = demo.awaitExit(120);

            assertThat(status).as(demo.err()).isZero();
            JsonNode json = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(demo.out());
            assertThat(json.isObject()).as(demo.out()).isTrue();
            assertThat(json.get("published").asLong()).isEqualTo(20_000);
            assertThat(json.get("acked").asLong()).isEqualTo(20_000);
            assertThat(json.get("lost").asLong()).isZero();
            assertThat(json.get("leftInFlight").asLong()).isZero();
            assertThat(json.get("uncommitted").asLong()).isZero();
        }
    }

    @Test
    void withoutJsonItEndsWithATable() throws Exception {
        try (JvmRun demo = new JvmRun(folder, "demo", "--seconds", "2")) {
            int status = demo.awaitExit(120);

            assertThat(status).as(demo.err()).isZero();
            assertThat(demo.out()).contains("orders", "payments", "shipments", "total", "Nothing lost");
            assertThat(demo.err()).contains("a third client joins").doesNotContain("\033[");
        }
    }
}
