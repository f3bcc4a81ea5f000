package io.mika.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Look-ups by Kafka's admin client. <i>Thread-safe.</i> Answers come on the admin client's thread. */
final class AdminLookups implements Lookups {
    private final Admin admin;

    private AdminLookups(Admin admin) {
        this.admin = admin;
    }

    static Lookups create(Map<String, Object> properties) {
        return new AdminLookups(Admin.create(properties));
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, Set<String> topics) {
        CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> all =
                future(admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
                        .partitionsToOffsetAndMetadata(group));
        return all.exceptionally(error -> noneIf(error, GroupIdNotFoundException.class))
                .thenApply(offsets -> {
                    Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
                    offsets.forEach((partition, offset) -> {
                        if (offset != null && topics.contains(partition.topic())) {
                            known.put(partition, offset);
                        }
                    });
                    return known;
                });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, LogRange>> ranges(Collection<TopicPartition> partitions) {
        return offsets(partitions, OffsetSpec.earliest())
                .thenCombine(offsets(partitions, OffsetSpec.latest()), (earliest, latest) -> {
                    Map<TopicPartition, LogRange> ranges = new HashMap<>();
                    earliest.forEach((partition, first) -> {
                        Long end = latest.get(partition);
                        if (end != null) {
                            ranges.put(partition, new LogRange(first, end));
                        }
                    });
                    return ranges;
                });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
            Collection<TopicPartition> partitions, long epochMillis) {
        return offsets(partitions, OffsetSpec.forTimestamp(epochMillis))
                .thenCombine(offsets(partitions, OffsetSpec.latest()), (atTime, latest) -> {
                    Map<TopicPartition, Long> found = new HashMap<>();
                    atTime.forEach((partition, offset) -> {
                        Long end = latest.get(partition);
                        if (offset >= 0) {
                            found.put(partition, offset);
                        } else if (end != null) {
                            found.put(partition, end);
                        }
                    });
                    return found;
                });
    }

    @Override
    public CompletableFuture<Map<String, TopicFacts>> describe(Set<String> topics) {
        return each(
                admin.describeTopics(topics).topicNameValues(),
                topic -> new TopicFacts(topic.topicId(), topic.partitions().size()));
    }

    @Override
    public CompletableFuture<Setup> setup(@Nullable String group, Set<String> topics) {
        return new AdminSetup(admin).ask(group, topics);
    }

    @Override
    public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return future(admin.alterConsumerGroupOffsets(group, offsets).all());
    }

    @Override
    public void close(Duration timeout) {
        admin.close(timeout);
    }

    private CompletableFuture<Map<TopicPartition, Long>> offsets(
            Collection<TopicPartition> partitions, OffsetSpec spec) {
        var result = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> spec)));
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers =
                partitions.stream().collect(Collectors.toMap(Function.identity(), result::partitionResult));
        return each(answers, ListOffsetsResultInfo::offset);
    }

    /** All answers together; what the brokers do not know is left out, any other failure fails the whole. */
    private static <K, A, V> CompletableFuture<Map<K, V>> each(Map<K, KafkaFuture<A>> answers, Function<A, V> value) {
        Map<K, CompletableFuture<Optional<A>>> futures = new HashMap<>();
        answers.forEach((key, answer) ->
                futures.put(key, future(answer).thenApply(Optional::of).exceptionally(AdminLookups::emptyIfUnknown)));
        return CompletableFuture.allOf(futures.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Map<K, V> found = new HashMap<>();
                    futures.forEach(
                            (key, future) -> future.join().ifPresent(answer -> found.put(key, value.apply(answer))));
                    return found;
                });
    }

    private static <A> Optional<A> emptyIfUnknown(Throwable error) {
        if (is(error, UnknownTopicOrPartitionException.class::isInstance)) {
            return Optional.empty();
        }
        throw new CompletionException(cause(error));
    }

    private static <K, V> Map<K, V> noneIf(Throwable error, Class<? extends Throwable> expected) {
        if (is(error, expected::isInstance)) {
            return Map.of();
        }
        throw new CompletionException(cause(error));
    }

    private static boolean is(Throwable error, Predicate<Throwable> expected) {
        return expected.test(cause(error));
    }

    static Throwable cause(Throwable error) {
        Throwable inner = error.getCause();
        return error instanceof CompletionException && inner != null ? inner : error;
    }

    static <T> CompletableFuture<T> future(KafkaFuture<T> answer) {
        return answer.toCompletionStage().toCompletableFuture();
    }
}
