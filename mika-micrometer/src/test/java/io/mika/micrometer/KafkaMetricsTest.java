package io.mika.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is counted, and that docs/observability.md says so. */
class KafkaMetricsTest {
    private final MockClock clock = new MockClock();
    private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final KafkaMetrics metrics = KafkaMetrics.create(registry);

    @Test
    void thePageListsAllMetersWithTheirTags() throws Exception {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MikaTester running = Story.run(KafkaMetrics.create(prometheus));
        prometheus.scrape(); // a reason to be paused is found when gauges are read

        Map<String, ObservabilityPage.Metric> found = prometheus.getMeters().stream()
                .map(meter -> asOnThePage(meter.getId()))
                .collect(Collectors.toMap(
                        ObservabilityPage.Metric::name, metric -> metric, (one, other) -> one, TreeMap::new));

        assertThat(found).isEqualTo(new TreeMap<>(ObservabilityPage.metrics()));
        running.close();
    }

    /** All meters of a name have the same tags, or Prometheus would not take them. */
    private static ObservabilityPage.Metric asOnThePage(Meter.Id id) {
        Set<String> tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
        return new ObservabilityPage.Metric(id.getName(), kind(id.getType()), unit(id), tags);
    }

    private static String kind(Meter.Type type) {
        return switch (type) {
            case TIMER -> "histogram";
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            default -> type.name();
        };
    }

    /** Micrometer has units for names only; what is counted stands in {@code mika-opentelemetry}'s. */
    private static String unit(Meter.Id id) {
        if ("seconds".equals(id.getBaseUnit())) {
            return "s";
        }
        return switch (id.getName()) {
            case Names.CONSUMED, Names.SENT -> "{message}";
            case Names.REWOUND, Names.PAUSED -> "{partition}";
            default -> "{record}";
        };
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    @Test
    void whatIsHandedOutSentAndFailedIsCounted() {
        Story.run(metrics);
        String error = "io.mika.consumer.RetryableException";

        assertThat(count(Names.CONSUMED, Names.DESTINATION, "orders", Names.GROUP, "test"))
                .isEqualTo(3);
        assertThat(count(Names.CONSUMED, Names.DESTINATION, "retry")).isEqualTo(1);
        assertThat(count(Names.SENT, Names.DESTINATION, "retry", Names.ERROR_TYPE, "none"))
                .isEqualTo(2);
        assertThat(count(Names.SENT, Names.DESTINATION, "dlq")).isEqualTo(1);
        assertThat(count(Names.SENT, Names.DESTINATION, "gone", Names.ERROR_TYPE, "java.lang.IllegalStateException"))
                .isEqualTo(1);
        assertThat(count(Names.RETRIED, Names.TOPIC, "orders", Names.OUTCOME, "retried", Names.ERROR_TYPE, error))
                .isEqualTo(1);
        assertThat(count(Names.DEAD_LETTERED, Names.TOPIC, "orders", Names.ERROR_TYPE, error))
                .isEqualTo(1);
        assertThat(count(Names.PARKED, Names.GROUP, "test")).isEqualTo(1);
        assertThat(count(Names.SKIPPED, Names.TOPIC, "retry", Names.REASON, "unclaimed"))
                .isEqualTo(1);
        assertThat(count(Names.REWOUND, Names.TOPIC, "orders", Names.PARTITION, "0"))
                .isEqualTo(1);
    }

    @Test
    void theOutcomesAreTimed() {
        Story.run(metrics).close();

        assertThat(registry.find(Names.PROCESS_DURATION).timers())
                .extracting(timer -> timer.getId().getTag(Names.DESTINATION) + " "
                        + timer.getId().getTag(Names.OUTCOME) + " " + timer.count())
                .containsExactlyInAnyOrder(
                        "orders acked 1", "orders retried 1", "retry dead_lettered 1", "orders not_owned 1");
    }

    @Test
    void aDeliveryLastsUntilItIsSettledByTheRegistrysClock() {
        MikaTester tester = MikaTester.builder()
                .interceptor(metrics)
                .consumer("orders", delivery -> {
                    clock.add(Duration.ofMillis(1500));
                    delivery.ack();
                })
                .start();
        tester.publish("orders", "k", "v");
        tester.runUntilIdle();

        assertThat(registry.get(Names.PROCESS_DURATION).timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(1500);
    }

    private double gauge(String name, String topic) {
        return registry.get(name)
                .tags(Names.TOPIC, topic, Names.PARTITION, "0", Names.GROUP, "test")
                .gauge()
                .value();
    }

    @Test
    void gaugesSayWhatExplainSays() {
        MikaTester tester = Story.run(metrics);

        assertThat(gauge(Names.IN_FLIGHT, "orders")).isEqualTo(1);
        assertThat(gauge(Names.OLDEST_OPEN_AGE, "orders")).isGreaterThan(3);
        assertThat(gauge(Names.LAG, "orders")).isEqualTo(1);
        assertThat(registry.get(Names.PAUSED)
                        .tags(
                                Names.REASON,
                                "disabled",
                                Names.CLIENT,
                                tester.explain().client())
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aClosedClientHasNoGauges() {
        MikaTester tester = Story.run(metrics);
        assertThat(gauge(Names.IN_FLIGHT, "orders")).isEqualTo(1);

        tester.close();

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .doesNotContain(Names.IN_FLIGHT, Names.LAG, Names.OLDEST_OPEN_AGE, Names.PAUSED);
    }

    @Test
    void clientsShareARegistry() {
        Story.run(metrics);
        Story.run(KafkaMetrics.create(registry));

        assertThat(count(Names.CONSUMED, Names.DESTINATION, "orders")).isEqualTo(6);
        assertThat(registry.find(Names.IN_FLIGHT).tag(Names.TOPIC, "orders").gauges())
                .as("one for each client")
                .hasSize(2);
    }

    @Test
    void eachClientHasItsOwn() {
        assertThatIllegalStateException()
                .isThrownBy(() -> metrics.observe(() -> {
                    throw new AssertionError("nobody asks");
                }));
        metrics.forClient("mika-1", null);

        assertThatIllegalStateException().isThrownBy(() -> metrics.forClient("mika-2", null));
    }

    @Test
    void aRegistryWithoutABackEndMeasuresNothing() {
        CompositeMeterRegistry empty = new CompositeMeterRegistry();
        Story.run(KafkaMetrics.create(empty)).close();

        assertThat(List.copyOf(empty.find(Names.PROCESS_DURATION).timers()))
                .allSatisfy(timer -> assertThat(timer.count()).isZero());
    }
}
