package io.mika.engine;

import io.mika.failure.ReplayLookups;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The engine's look-ups as replays see them. <i>Thread-safe.</i> */
final class LookupsOfReplays implements ReplayLookups {
    private final Lookups lookups;

    LookupsOfReplays(Lookups lookups) {
        this.lookups = lookups;
    }

    @Override
    public CompletableFuture<Optional<Queue>> describe(String topic) {
        return lookups.describe(Set.of(topic)).thenCompose(found -> {
            Lookups.TopicFacts facts = found.get(topic);
            return facts == null
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : logs(partitions(topic, facts.partitions()))
                            .thenApply(logs -> Optional.of(new Queue(facts.topicId(), logs)));
        });
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Log>> logs(Collection<TopicPartition> partitions) {
        return lookups.ranges(partitions).thenApply(ranges -> {
            Map<TopicPartition, Log> logs = new HashMap<>();
            ranges.forEach((partition, range) -> logs.put(partition, new Log(range.earliest(), range.latest())));
            return logs;
        });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
            Collection<TopicPartition> partitions, long epochMillis) {
        return lookups.offsetsAt(partitions, epochMillis);
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, String topic) {
        return lookups.committed(group, Set.of(topic));
    }

    @Override
    public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return lookups.alter(group, offsets);
    }

    @Override
    public void close(Duration timeout) {
        lookups.close(timeout);
    }
}
