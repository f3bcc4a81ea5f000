package io.mika.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What the engine asks the brokers beside the poll loop. Internal; no API.
 *
 * <p><i>Thread-safe.</i> No call blocks; answers may come on any thread. A partition that the brokers do not know is
 * absent from an answer; any other failure fails the whole future, and the engine asks again.
 */
public interface Lookups {

    /** A topic as the brokers describe it. */
    record TopicFacts(Uuid topicId, int partitions) {}

    /** The log of a partition: its first offset and the offset after its last record. */
    record LogRange(long earliest, long latest) {}

    /** All offsets that the group has committed, of the given topics. */
    CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, Set<String> topics);

    /** Where the logs of these partitions begin and end. */
    CompletableFuture<Map<TopicPartition, LogRange>> ranges(Collection<TopicPartition> partitions);

    /** The first offset at or after a time (epoch milliseconds), or the end where no record is that young. */
    CompletableFuture<Map<TopicPartition, Long>> offsetsAt(Collection<TopicPartition> partitions, long epochMillis);

    /** Id and partition count; a topic that does not exist is absent. */
    CompletableFuture<Map<String, TopicFacts>> describe(Set<String> topics);

    /** How these topics, and the group if there is one, are set up; what this client may not know is left out. */
    CompletableFuture<Setup> setup(@Nullable String group, Set<String> topics);

    /** Commits for a group that has no members; refused if it has. */
    CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets);

    /** Gives up what is under way and lets go of the connection, within the time-out. */
    void close(Duration timeout);
}
