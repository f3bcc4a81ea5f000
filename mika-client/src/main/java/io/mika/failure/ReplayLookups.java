package io.mika.failure;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What a replay asks the brokers, and tells them, beside reading and writing records. Internal; no API.
 *
 * <p><i>Thread-safe.</i> No call blocks; answers may come on any thread. A partition that the brokers do not know is
 * absent from an answer; any other failure fails the whole future.
 */
public interface ReplayLookups {
    /** A topic: its id, and the logs of all its partitions. */
    record Queue(Uuid topicId, Map<TopicPartition, Log> logs) {}

    /** The log of a partition: its first offset and the offset after its last record. */
    record Log(long earliest, long latest) {}

    /** A topic; empty if it does not exist. */
    CompletableFuture<Optional<Queue>> describe(String topic);

    /** Where the logs of these partitions begin and end. */
    CompletableFuture<Map<TopicPartition, Log>> logs(Collection<TopicPartition> partitions);

    /** The first offset at or after a time (epoch milliseconds), or the end where no record is that young. */
    CompletableFuture<Map<TopicPartition, Long>> offsetsAt(Collection<TopicPartition> partitions, long epochMillis);

    /** All offsets that a group has committed of a topic. */
    CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, String topic);

    /** Commits for a group without members. */
    CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets);

    /** Gives up what is under way and lets go of the connection, within the time-out. */
    void close(Duration timeout);
}
