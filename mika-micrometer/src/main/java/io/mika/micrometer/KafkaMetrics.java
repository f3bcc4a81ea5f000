package io.mika.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.SkipReason;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one client, by OpenTelemetry's conventions for messaging and some of our own:
 *
 * <pre>{@code
 * KafkaMetrics metrics = KafkaMetrics.create(registry);
 * KafkaClient client = KafkaClient.builder().interceptor(metrics).listener(metrics)...build();
 * metrics.observe(client::explain);
 * metrics.observeKafka(client::kafkaMetrics);
 * }</pre>
 *
 * <p>The interceptor counts and times, the listener counts what is told to listeners, {@code observe} adds the gauges, and
 * {@code observeKafka} Kafka's own metrics. What there is stands in {@code docs/observability.md}; a tag that does not
 * apply has the value {@code none}. <i>Thread-safe.</i> One for each client; those of several may share a registry.
 */
public final class KafkaMetrics implements DeliveryInterceptor, ClientListener {
    private final MeterRegistry registry;

    /** Null before the client is made. */
    private volatile @Nullable Meters meters;

    private record Meters(Counts counts, Gauges gauges, OwnMetrics own) {}

    private KafkaMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Metrics in a registry.
     *
     * @param registry where the meters are
     * @return for one client
     */
    public static KafkaMetrics create(MeterRegistry registry) {
        return new KafkaMetrics(Objects.requireNonNull(registry, "registry"));
    }

    /**
     * Adds the gauges. They are there for partitions that the client has, and until it is closed.
     *
     * @param explain {@code client::explain}, of the client that this is the interceptor and listener of; called whenever
     *     the gauges are read
     * @throws IllegalStateException if this is no client's interceptor yet
     */
    public void observe(Supplier<Explanation> explain) {
        meters().gauges().observe(explain);
    }

    /**
     * Adds what Kafka's own consumer and producers measure, through Micrometer's {@link KafkaClientMetrics}, by its names:
     * {@code kafka.consumer.fetch.manager.records.lag} and so on. They are there until the client is closed.
     *
     * @param kafkaMetrics {@code client::kafkaMetrics}, of the client that this is the interceptor and listener of; called
     *     whenever the meters are read
     * @throws IllegalStateException if this is no client's interceptor yet
     */
    public void observeKafka(Supplier<? extends Map<MetricName, ? extends Metric>> kafkaMetrics) {
        meters().own().observe(kafkaMetrics);
    }

    private Meters meters() {
        Meters made = meters;
        if (made == null) {
            throw new IllegalStateException("these metrics are no client's yet: give them to a builder's interceptor");
        }
        return made;
    }

    @Override
    public synchronized DeliveryInterceptor forClient(String clientId, @Nullable String group) {
        if (meters != null) {
            throw new IllegalStateException("these metrics are another client's already; make some for each client");
        }
        String named = group == null ? Names.NONE : group;
        meters = new Meters(
                new Counts(registry, named),
                new Gauges(registry, Tags.of(Names.CLIENT, clientId, Names.GROUP, named)),
                new OwnMetrics(registry));
        return this;
    }

    @Override
    public DeliveryObserver delivering(Delivery delivery) {
        return meters().counts().delivering(delivery);
    }

    @Override
    public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return meters().counts().sending(record.topic(), purpose);
    }

    @Override
    public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
        meters().counts().skipped(partition.topic(), reason, records);
    }

    @Override
    public void onRewound(TopicPartition partition, long from, long to) {
        meters().counts().rewound(partition);
    }

    @Override
    public void onAssigned(Set<TopicPartition> partitions) {
        meters().gauges().assigned(partitions);
    }

    @Override
    public void onRevoked(Set<TopicPartition> partitions) {
        meters().gauges().gone(partitions);
    }

    @Override
    public void onLost(Set<TopicPartition> partitions) {
        meters().gauges().gone(partitions);
    }

    @Override
    public void onClosed(CloseReport report) {
        Meters made = meters();
        made.gauges().closed();
        made.own().close();
    }
}
