package io.mika.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.SendPurpose;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** What is counted, and that docs/observability.md says so. */
class KafkaMetricsTest {
    private final Telemetry telemetry = new Telemetry();
    private final KafkaMetrics metrics = KafkaMetrics.create(telemetry.sdk);

    private static void handle(Delivery delivery) throws Exception {
        String value = new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
        switch (value) {
            case "fails" -> throw new RetryableException("no");
            case "stays open" -> {
                // Nobody settles it
            }
            default -> delivery.ack();
        }
    }

    /** One of everything. */
    private MikaTester run() {
        MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .unclaimedFor(Duration.ofSeconds(10))
                .interceptor(metrics)
                .listener(metrics)
                .consumer("orders", options -> options.retries(1).useDlq(), KafkaMetricsTest::handle)
                .consumer("mails", options -> options.disabled(), KafkaMetricsTest::handle)
                .start();
        metrics.observe(tester::explain);
        for (String value : List.of("fails", "goes well", "stays open")) {
            tester.publish("orders", "k", value);
        }
        Headers unclaimed = FailureHeaders.init(new RecordHeaders(), "test", "invoices", "no");
        tester.publish(new ProducerRecord<>("retry", 0, (byte[]) null, new byte[1], unclaimed));
        tester.runUntilIdle();
        metrics.onRewound(new TopicPartition("orders", 0), 3, 1);
        tester.advance(Duration.ofSeconds(5));
        return tester;
    }

    @Test
    void thePageListsAllMetricsWithTheirAttributes() throws Exception {
        run();
        Objects.requireNonNull(metrics.sending(new ProducerRecord<>("gone", new byte[1]), SendPurpose.PUBLISH))
                .failed(new IllegalStateException("no"));

        Map<String, ObservabilityPage.Metric> found = new HashMap<>();
        telemetry.metrics().values().forEach(metric -> found.put(metric.getName(), asOnThePage(metric)));

        assertThat(new TreeMap<>(found)).isEqualTo(new TreeMap<>(ObservabilityPage.metrics()));
    }

    private static ObservabilityPage.Metric asOnThePage(MetricData metric) {
        Set<String> attributes = metric.getData().getPoints().stream()
                .flatMap(point -> point.getAttributes().asMap().keySet().stream())
                .map(Object::toString)
                .collect(Collectors.toSet());
        return new ObservabilityPage.Metric(metric.getName(), kind(metric.getType()), metric.getUnit(), attributes);
    }

    private static String kind(MetricDataType type) {
        return switch (type) {
            case HISTOGRAM -> "histogram";
            case LONG_SUM -> "counter";
            case LONG_GAUGE, DOUBLE_GAUGE -> "gauge";
            default -> type.name();
        };
    }

    private Map<Attributes, Long> longs(String name) {
        return Objects.requireNonNull(telemetry.metrics().get(name)).getData().getPoints().stream()
                .collect(Collectors.toMap(PointData::getAttributes, point -> ((LongPointData) point).getValue()));
    }

    private static Attributes attributes(Object... pairs) {
        var attributes = Attributes.builder();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] instanceof Number number) {
                attributes.put((String) pairs[i], number.longValue());
            } else {
                attributes.put((String) pairs[i], (String) pairs[i + 1]);
            }
        }
        return attributes.build();
    }

    @Test
    void whatIsHandedOutSentAndFailedIsCounted() {
        run();
        String system = "messaging.system";
        String operation = "messaging.operation.name";
        String destination = "messaging.destination.name";
        String group = "messaging.consumer.group.name";
        String error = "io.mika.consumer.RetryableException";

        assertThat(longs(Names.CONSUMED))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        attributes(system, "kafka", operation, "process", destination, "orders", group, "test"),
                        3L,
                        attributes(system, "kafka", operation, "process", destination, "retry", group, "test"),
                        1L));
        assertThat(longs(Names.SENT))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        attributes(system, "kafka", operation, "send", destination, "retry"), 2L,
                        attributes(system, "kafka", operation, "send", destination, "dlq"), 1L));
        assertThat(longs(Names.RETRIED))
                .containsOnly(Map.entry(
                        attributes(
                                group, "test", "mika.topic", "orders", "mika.outcome", "retried", "error.type", error),
                        1L));
        assertThat(longs(Names.DEAD_LETTERED))
                .containsOnly(Map.entry(attributes(group, "test", "mika.topic", "orders", "error.type", error), 1L));
        assertThat(longs(Names.PARKED)).containsOnly(Map.entry(attributes(group, "test"), 1L));
        assertThat(longs(Names.SKIPPED))
                .containsOnly(
                        Map.entry(attributes(group, "test", "mika.topic", "retry", "mika.reason", "unclaimed"), 1L));
    }

    @Test
    void theOutcomesAreTimed() {
        run().close();

        assertThat(Objects.requireNonNull(telemetry.metrics().get(Names.PROCESS_DURATION))
                        .getHistogramData()
                        .getPoints())
                .extracting(point -> point.getAttributes().get(Names.DESTINATION) + " "
                        + point.getAttributes().get(Names.OUTCOME) + " " + point.getCount())
                .containsExactlyInAnyOrder(
                        "orders acked 1", "orders retried 1", "retry dead_lettered 1", "orders not_owned 1");
    }

    @Test
    void gaugesSayWhatExplainSays() {
        MikaTester tester = run();
        String client = tester.explain().client();

        assertThat(longs(Names.IN_FLIGHT))
                .containsEntry(
                        attributes(
                                "messaging.client.id",
                                client,
                                "messaging.consumer.group.name",
                                "test",
                                "mika.topic",
                                "orders",
                                "mika.partition",
                                0),
                        1L);
        assertThat(longs(Names.PAUSED))
                .containsOnly(Map.entry(
                        attributes(
                                "messaging.client.id", client,
                                "messaging.consumer.group.name", "test",
                                "mika.reason", "disabled"),
                        1L));
        assertThat(Objects.requireNonNull(telemetry.metrics().get(Names.OLDEST_OPEN_AGE))
                        .getDoubleGaugeData()
                        .getPoints())
                .anySatisfy(point -> assertThat(point.getValue()).isGreaterThan(3));
    }

    @Test
    void aClosedClientHasNoGauges() {
        run().close();

        assertThat(telemetry.metrics()).doesNotContainKeys(Names.IN_FLIGHT, Names.LAG, Names.PAUSED);
    }

    @Test
    void eachClientHasItsOwn() {
        metrics.forClient("mika-1", null);

        assertThatIllegalStateException().isThrownBy(() -> metrics.forClient("mika-2", null));
    }

    @Test
    void withoutAnSdkNothingIsWatched() {
        KafkaMetrics off = KafkaMetrics.create(OpenTelemetry.noop());

        assertThat(off.sending(new ProducerRecord<>("orders", new byte[1]), SendPurpose.PUBLISH))
                .isNull();
    }
}
