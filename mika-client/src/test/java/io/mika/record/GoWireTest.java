package io.mika.record;

import static io.mika.record.FailureHeaders.MSG;
import static io.mika.record.FailureHeaders.ORG_TOPIC;
import static io.mika.record.FailureHeaders.RETRIES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The records that a Go client, v0.1.8, wrote into its retry topic and dead letter queue, and Java's next hop of each. */
class GoWireTest {
    private static final String GROUP = "billing";

    /** In the order of the file: the first hops of two records, their second ones, and two that ended in the DLQ. */
    private static final List<Headers> GO = written();

    private final FailedAttempt failure = new FailedAttempt(
            new Origin("billing-retry", 0, 7),
            1795426996996L,
            new Reason("java says no", "java.io.IOException"),
            4,
            1795426997000L);

    static Stream<Headers> records() {
        return GO.stream();
    }

    @Test
    void theFileHoldsSixRecords() {
        assertThat(GO).hasSize(6);
    }

    @ParameterizedTest
    @MethodSource("records")
    void javaReadsWhatGoWrote(Headers headers) {
        assertThat(FailureHeaders.owns(headers, GROUP)).isTrue();
        FailureHeaders state = FailureHeaders.read(headers, GROUP).orElseThrow();

        assertThat(state.originalTopic()).isEqualTo("orders");
        assertThat(state.message()).isEqualTo(text(headers, MSG)).contains("go says ");
        assertThat(state.retries()).hasValue(Integer.parseInt(text(headers, RETRIES)));
        assertThat(state.reason()).isEqualTo(state.message());
        assertThat(state.origin()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("records")
    void afterARetryGoSeesItsRecordWithOneHopMore(Headers headers) {
        Headers hop = FailureHop.toRetry(headers, GROUP, failure, OptionalLong.of(1795426998000L));

        int retries = Integer.parseInt(text(headers, RETRIES));
        Headers expected = FailureHeaders.incrementRetries(headers, GROUP);
        assertThat(text(expected, RETRIES)).isEqualTo(Integer.toString(retries + 1));
        assertThat(seenByGo(hop)).isEqualTo(List.of(expected.toArray()));
        assertThat(text(hop, MSG)).isEqualTo(text(headers, MSG));
        assertThat(text(hop, ORG_TOPIC)).isEqualTo("orders");
    }

    @ParameterizedTest
    @MethodSource("records")
    void inTheDlqGoSeesItsRecordAsItWas(Headers headers) {
        assertThat(seenByGo(FailureHop.toDlq(headers, GROUP, failure))).isEqualTo(List.of(headers.toArray()));
    }

    /** Java's hop of Go's first hop is Go's second hop, and its end in the DLQ is Go's. */
    @Test
    void javaGoesOnWhereGoLeftOff() {
        assertThat(seenByGo(FailureHop.toRetry(GO.get(0), GROUP, failure, OptionalLong.empty())))
                .isEqualTo(List.of(GO.get(2).toArray()));
        assertThat(seenByGo(FailureHop.toRetry(GO.get(1), GROUP, failure, OptionalLong.empty())))
                .isEqualTo(List.of(GO.get(3).toArray()));
        assertThat(seenByGo(FailureHop.toDlq(GO.get(3), GROUP, failure)))
                .isEqualTo(List.of(GO.get(5).toArray()));
    }

    /** What Java writes for a record of its own is, to Go, what Go would have written. */
    @Test
    void javasFirstHopIsGos() {
        Headers fresh = HeaderList.of("x=1", "x=2", "é=ü", "nullish");

        assertThat(seenByGo(
                        FailureHop.toRetry(fresh, GROUP, failed("retryable: go says retry 3"), OptionalLong.empty())))
                .isEqualTo(List.of(GO.get(1).toArray()));
        assertThat(seenByGo(FailureHop.toDlq(HeaderList.of(), GROUP, failed("go says no 2"))))
                .isEqualTo(List.of(GO.get(4).toArray()));
    }

    private static FailedAttempt failed(String message) {
        return new FailedAttempt(new Origin("orders", 0, 1), 1795426996996L, Reason.ofText(message), 1, 1795426997000L);
    }

    /** All headers but those of the group that the Go client does not know. */
    private static List<Header> seenByGo(Headers headers) {
        Set<String> known = Set.of(ORG_TOPIC, MSG, RETRIES);
        return Arrays.stream(headers.toArray())
                .filter(header -> FailureHeaders.NAMES.stream()
                        .filter(name -> !known.contains(name))
                        .noneMatch(name -> header.key().equals(FailureHeaders.key(name, GROUP))))
                .toList();
    }

    private static String text(Headers headers, String name) {
        return HeaderValues.get(headers, FailureHeaders.key(name, GROUP)).orElseThrow();
    }

    private static List<Headers> written() {
        List<Headers> records = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try {
            for (String line : Files.readAllLines(Path.of("src", "test", "resources", "go-v0.1.8.ndjson"))) {
                records.add(headers(json.readTree(line).get("headers")));
            }
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
        return records;
    }

    private static Headers headers(JsonNode pairs) {
        List<String> headers = new ArrayList<>();
        for (JsonNode pair : pairs) {
            Optional<String> value = Optional.ofNullable(pair.get(1).textValue());
            headers.add(pair.get(0).textValue() + value.map(text -> "=" + text).orElse(""));
        }
        return HeaderList.of(headers.toArray(String[]::new));
    }
}
