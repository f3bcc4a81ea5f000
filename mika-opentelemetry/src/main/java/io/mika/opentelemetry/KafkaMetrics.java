package io.mika.opentelemetry;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.event.ClientListener;
import io.mika.event.Explanation;
import io.mika.event.SkipReason;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one client, by OpenTelemetry's conventions for messaging and some of our own:
 *
 * <pre>{@code
 * KafkaMetrics metrics = KafkaMetrics.create(openTelemetry);
 * KafkaClient client = KafkaClient.builder().interceptor(metrics).listener(metrics)...build();
 * metrics.observe(client::explain);
 * }</pre>
 *
 * <p>The interceptor counts and times, the listener counts what is told to listeners, and {@code observe} adds the gauges.
 * What there is stands in {@code docs/observability.md}. <i>Thread-safe.</i> One for each client.
 */
public final class KafkaMetrics implements DeliveryInterceptor, ClientListener {
    private final Meter meter;
    private final Counts counts;
    /** Of the client; null before it is made, and for one without a group. */
    private volatile @Nullable String group;

    private volatile boolean taken;

    private KafkaMetrics(Meter meter) {
        this.meter = meter;
        this.counts = new Counts(meter);
    }

    /**
     * Metrics with an instance of OpenTelemetry. Without an SDK behind it, nothing is measured.
     *
     * @param openTelemetry makes the instruments
     * @return for one client
     */
    public static KafkaMetrics create(OpenTelemetry openTelemetry) {
        return new KafkaMetrics(
                Objects.requireNonNull(openTelemetry, "openTelemetry").getMeter(KafkaTracing.INSTRUMENTATION));
    }

    /**
     * Adds the gauges.
     *
     * @param explain {@code client::explain}, of the client that this is the interceptor and listener of; called whenever
     *     the gauges are read
     * @return takes the gauges away; a client that is closed has none anyway
     */
    public BatchCallback observe(Supplier<Explanation> explain) {
        return new Gauges(meter, group).observe(explain);
    }

    @Override
    public synchronized DeliveryInterceptor forClient(String clientId, @Nullable String ofGroup) {
        if (taken) {
            throw new IllegalStateException("these metrics are another client's already; make some for each client");
        }
        taken = true;
        group = ofGroup;
        counts.ofGroup(ofGroup);
        return this;
    }

    @Override
    public @Nullable DeliveryObserver delivering(Delivery delivery) {
        return counts.areOff() ? null : counts.delivering(delivery);
    }

    @Override
    public @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return counts.areOff() ? null : counts.sending(record.topic(), purpose);
    }

    @Override
    public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
        counts.skipped(partition.topic(), reason, records);
    }

    @Override
    public void onRewound(TopicPartition partition, long from, long to) {
        counts.rewound(
                Attributes.of(Names.TOPIC, partition.topic(), Names.PARTITION_NUMBER, (long) partition.partition()));
    }
}
