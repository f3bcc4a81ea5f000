package io.mika.engine;

import io.mika.event.StuckRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks for records of the consumers' own topics that the topic will soon delete although they are not settled: open,
 * queued, or not even polled, since their consumer is disabled. <i>Owned by the poll thread.</i>
 *
 * <p>Of a partition that does not get on it asks the brokers where the records begin that are younger than most of the
 * retention. So it needs no time of any record, and one question a minute.
 */
final class Expiry {
    private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LoopContext context;
    private final Lookups lookups;
    private final Lanes lanes;
    private final Function<String, OptionalLong> retention;
    /** Where each partition stood at the last look. */
    private Map<TopicPartition, Long> stood = new HashMap<>();
    /** What was told; each once. */
    private final Map<TopicPartition, Long> told = new HashMap<>();

    private long dueAt;

    /** @param retention of a topic, in milliseconds; empty for ever, or if it is not known */
    Expiry(LoopContext context, Lookups lookups, Lanes lanes, Function<String, OptionalLong> retention) {
        this.context = context;
        this.lookups = lookups;
        this.lanes = lanes;
        this.retention = retention;
        this.dueAt = context.nanoTime() + LOOK_NANOS;
    }

    void advance(long now) {
        if (now - dueAt < 0) {
            return;
        }
        dueAt = now + LOOK_NANOS;
        Map<TopicPartition, Long> stands = new HashMap<>();
        Map<String, Set<TopicPartition>> still = new HashMap<>();
        for (Lane lane : lanes) {
            if (lane.sorted() != null || lane.phase() != Lane.Phase.RUNNING) {
                continue; // what waits in the retry topic is written anew in time
            }
            long watermark = lane.watermark().offset();
            stands.put(lane.partition(), watermark);
            boolean mayHaveMore = !lane.isIdle() || !lane.pauses().isEmpty();
            if (mayHaveMore && Long.valueOf(watermark).equals(stood.get(lane.partition()))) {
                still.computeIfAbsent(lane.partition().topic(), first -> new HashSet<>())
                        .add(lane.partition());
            }
        }
        stood = stands;
        told.keySet().retainAll(stands.keySet());
        still.forEach((topic, partitions) ->
                retention.apply(topic).ifPresent(millis -> ask(partitions, Duration.ofMillis(millis))));
    }

    private void ask(Set<TopicPartition> partitions, Duration kept) {
        Duration old = kept.multipliedBy(3).dividedBy(4);
        var unused = lookups.offsetsAt(partitions, context.wallMillis() - old.toMillis())
                .whenComplete((young, error) -> context.command(() -> {
                    if (error == null) { // else it is asked again in a minute
                        young.forEach((partition, from) -> tell(partition, from, old, kept));
                    }
                }));
    }

    private void tell(TopicPartition partition, long young, Duration old, Duration kept) {
        Lane lane = lanes.get(partition);
        long watermark = lane == null ? Long.MAX_VALUE : lane.watermark().offset();
        Long stoodAt = stood.get(partition);
        if (watermark >= young || stoodAt == null || stoodAt != watermark) {
            return; // there is nothing so old, or it got on meanwhile
        }
        Long before = told.put(partition, watermark);
        if (before == null || before != watermark) {
            TopicPartition named = context.events().named(partition);
            context.events()
                    .stuck(new StuckRecord(
                            named.topic(), named.partition(), watermark, old, Optional.empty(), Optional.of(kept)));
        }
    }
}
