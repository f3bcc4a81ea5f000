package io.mika.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mika.test.MikaTester;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What docs/grafana-dashboard.json asks Prometheus for is what Prometheus is given. */
class GrafanaDashboardTest {
    private static final Path DASHBOARD = Path.of("..", "docs", "grafana-dashboard.json");

    /** A line of what Prometheus scrapes, and a selector of an expression: both may have labels. */
    private static final Pattern METRIC = Pattern.compile("\\b((?:mika|messaging|kafka)_\\w+)(?:\\{([^}]*)})?");

    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");

    /** The labels that each metric has. */
    private final Map<String, Set<String>> scraped = new HashMap<>();

    @Test
    void eachMetricOfTheDashboardExistsWithItsLabels() throws IOException {
        scrape();

        List<String> expressions = expressions();

        assertThat(expressions).hasSizeGreaterThan(20);
        for (String expression : expressions) {
            Set<String> labels = new TreeSet<>();
            for (Matcher metric = METRIC.matcher(BY.matcher(expression).replaceAll("")); metric.find(); ) {
                assertThat(metric.group(1)).as(expression).isIn(scraped.keySet());
                Set<String> its = scraped.getOrDefault(metric.group(1), Set.of());
                assertThat(its).as(expression).containsAll(labels(metric.group(2)));
                labels.addAll(its);
            }
            assertThat(labels).as(expression).isNotEmpty().containsAll(grouping(expression));
        }
    }

    @Test
    void eachMetricOfOursIsOnTheDashboard() throws IOException {
        scrape();
        String all = String.join("\n", expressions());

        assertThat(scraped.keySet())
                .filteredOn(name -> !name.startsWith("kafka_") && !name.endsWith("_max"))
                .allSatisfy(name -> assertThat(all).contains(name));
    }

    private void scrape() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MikaTester running = Story.run(KafkaMetrics.create(prometheus));
        Map<String, Object> nowhere = Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "billing");
        try (var consumer = new KafkaConsumer<>(nowhere, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", "127.0.0.1:1"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                var ofConsumer = new KafkaClientMetrics(consumer);
                var ofProducer = new KafkaClientMetrics(producer)) {
            ofConsumer.bindTo(prometheus);
            ofProducer.bindTo(prometheus);
            prometheus.scrape(); // a reason to be paused is found when gauges are read
            prometheus.scrape().lines().filter(line -> !line.startsWith("#")).forEach(this::note);
        }
        running.close();
    }

    private void note(String line) {
        Matcher metric = METRIC.matcher(line);
        if (metric.lookingAt()) {
            scraped.computeIfAbsent(metric.group(1), first -> new HashSet<>()).addAll(labels(metric.group(2)));
        }
    }

    private static Set<String> labels(String text) {
        Set<String> labels = new HashSet<>();
        for (Matcher label = LABEL.matcher(text == null ? "" : text); label.find(); ) {
            labels.add(label.group(1));
        }
        return labels;
    }

    private static Set<String> grouping(String expression) {
        Set<String> labels = new HashSet<>();
        for (Matcher by = BY.matcher(expression); by.find(); ) {
            Arrays.stream(by.group(1).split(",", -1)).map(String::trim).forEach(labels::add);
        }
        return labels;
    }

    private static List<String> expressions() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        List<String> expressions = dashboard.findValuesAsText("expr");
        dashboard.findValuesAsText("definition").forEach(variable -> expressions.add(asExpression(variable)));
        return expressions;
    }

    /** One with the same metric and the same label. */
    private static String asExpression(String variable) {
        return variable.replaceAll("label_values\\((.*), (\\w+)\\)", "sum by ($2) ($1)");
    }
}
