package io.mika.opentelemetry;

import io.mika.event.Explanation;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is read off a client when it is asked for. <i>Immutable.</i> */
final class Gauges {
    private final Meter meter;
    private final @Nullable String group;
    private final ObservableLongMeasurement inFlight;
    private final ObservableDoubleMeasurement oldestOpenAge;
    private final ObservableLongMeasurement lag;
    private final ObservableLongMeasurement paused;

    Gauges(Meter meter, @Nullable String group) {
        this.meter = meter;
        this.group = group;
        inFlight = gauge(Names.IN_FLIGHT, "{record}", "Records that were polled and are not settled.");
        oldestOpenAge = meter.gaugeBuilder(Names.OLDEST_OPEN_AGE)
                .setUnit("s")
                .setDescription("How long the first open record of a partition has been handed out.")
                .buildObserver();
        lag = gauge(Names.LAG, "{record}", "Records from what is settled to the end of the partition.");
        paused = gauge(Names.PAUSED, "{partition}", "Partitions that are not polled, for this reason.");
    }

    private ObservableLongMeasurement gauge(String name, String unit, String description) {
        return meter.gaugeBuilder(name)
                .ofLongs()
                .setUnit(unit)
                .setDescription(description)
                .buildObserver();
    }

    BatchCallback observe(Supplier<Explanation> client) {
        return meter.batchCallback(() -> read(client.get()), inFlight, oldestOpenAge, lag, paused);
    }

    private void read(Explanation explanation) {
        Map<String, Long> reasons = new HashMap<>();
        for (Explanation.Partition partition : explanation.partitions()) {
            Attributes attributes = ofClient(explanation)
                    .put(Names.TOPIC, partition.partition().topic())
                    .put(Names.PARTITION_NUMBER, (long) partition.partition().partition())
                    .build();
            inFlight.record(partition.inFlight(), attributes);
            oldestOpenAge.record(partition.oldestAge().toNanos() / (double) TimeUnit.SECONDS.toNanos(1), attributes);
            partition.lag().ifPresent(records -> lag.record(records, attributes));
            partition.pausedBy().forEach(reason -> reasons.merge(reason, 1L, Long::sum));
        }
        reasons.forEach((reason, partitions) -> paused.record(
                partitions, ofClient(explanation).put(Names.REASON, reason).build()));
    }

    private AttributesBuilder ofClient(Explanation explanation) {
        AttributesBuilder attributes = Attributes.builder().put(Names.CLIENT, explanation.client());
        return group == null ? attributes : attributes.put(Names.GROUP, group);
    }
}
