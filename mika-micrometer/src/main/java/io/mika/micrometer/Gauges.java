package io.mika.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mika.event.Explanation;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What is read off a client when the registry asks for it: three gauges for each partition that the client has, and one
 * for each reason for which one was ever paused. <i>Thread-safe.</i>
 */
final class Gauges {
    private final MeterRegistry registry;
    private final Tags client;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, List<Meter>> meters = new HashMap<>();
    private final Map<String, Meter> paused = new ConcurrentHashMap<>();
    private volatile Picture picture = new Picture(null);
    private volatile @Nullable Supplier<Explanation> source;

    Gauges(MeterRegistry registry, Tags client) {
        this.registry = registry;
        this.client = client;
    }

    /** An explanation, found by what it is about. */
    private static final class Picture {
        final @Nullable Explanation explanation;
        final Map<TopicPartition, Explanation.Partition> partitions;
        final Map<String, Long> reasons;

        Picture(@Nullable Explanation explanation) {
            this.explanation = explanation;
            List<Explanation.Partition> all = explanation == null ? List.of() : explanation.partitions();
            this.partitions = all.stream().collect(Collectors.toMap(Explanation.Partition::partition, each -> each));
            this.reasons = all.stream()
                    .flatMap(each -> each.pausedBy().stream())
                    .collect(Collectors.groupingBy(reason -> reason, Collectors.counting()));
        }
    }

    synchronized void observe(Supplier<Explanation> explain) {
        source = explain;
        assigned.forEach(this::register);
    }

    synchronized void assigned(Collection<TopicPartition> partitions) {
        assigned.addAll(partitions);
        if (source != null) {
            partitions.forEach(this::register);
        }
    }

    synchronized void gone(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        for (TopicPartition partition : partitions) {
            List<Meter> its = meters.remove(partition);
            if (its != null) {
                its.forEach(registry::remove);
            }
        }
    }

    synchronized void closed() {
        source = null;
        gone(Set.copyOf(assigned));
        paused.values().forEach(registry::remove);
        paused.clear();
    }

    private void register(TopicPartition partition) {
        meters.computeIfAbsent(partition, unknown -> {
            Tags tags = client.and(
                    Names.TOPIC, partition.topic(), Names.PARTITION, Integer.toString(partition.partition()));
            return List.of(
                    gauge(Names.IN_FLIGHT, tags, () -> read(partition, Explanation.Partition::inFlight))
                            .description("Records that were polled and are not settled.")
                            .register(registry),
                    gauge(Names.LAG, tags, () -> read(partition, Gauges::lag))
                            .description("Records from what is settled to the end of the partition.")
                            .register(registry),
                    gauge(Names.OLDEST_OPEN_AGE, tags, () -> read(partition, Gauges::oldestAge))
                            .description("How long the first open record of a partition has been handed out.")
                            .baseUnit("seconds")
                            .register(registry));
        });
    }

    private static Gauge.Builder<?> gauge(String name, Tags tags, Supplier<Number> value) {
        return Gauge.builder(name, value).tags(tags);
    }

    private static double lag(Explanation.Partition partition) {
        return partition.lag().isPresent() ? partition.lag().getAsLong() : Double.NaN;
    }

    private static double oldestAge(Explanation.Partition partition) {
        return partition.oldestAge().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** Not a number where nothing is known. */
    private double read(TopicPartition partition, ToDoubleFunction<Explanation.Partition> figure) {
        Explanation.Partition its = look().partitions.get(partition);
        return its == null ? Double.NaN : figure.applyAsDouble(its);
    }

    private double paused(String reason) {
        return look().reasons.getOrDefault(reason, 0L);
    }

    /** The client draws a new one once a second. */
    @SuppressWarnings("ReferenceEquality") // the very same one needs no second look
    private Picture look() {
        Supplier<Explanation> explain = source;
        Explanation now = explain == null ? null : explain.get();
        Picture last = picture;
        if (now != last.explanation) {
            last = new Picture(now);
            picture = last;
            last.reasons.keySet().forEach(this::registerReason);
        }
        return last;
    }

    private void registerReason(String reason) {
        paused.computeIfAbsent(
                reason,
                unknown -> gauge(Names.PAUSED, client.and(Names.REASON, reason), () -> paused(reason))
                        .description("Partitions that are not polled, for this reason.")
                        .register(registry));
    }
}
