package io.mika.cli.demo;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * What the topics themselves say once the group has gone: who is in the dead letter queue, who went through the retry
 * topic, and what the group would be given again if it came back. Owned by one thread.
 */
final class Findings {
    private final IdSet deadLettered = new IdSet();
    private final IdSet retried = new IdSet();
    private final IdSet due = new IdSet();
    private final long[] uncommitted = new long[Order.TOPICS.size()];

    /** Reads it from the broker. */
    static Findings read(LogReader reader, int partitions) throws ExecutionException, InterruptedException {
        Findings findings = new Findings();
        List<TopicPartition> retryTopic =
                partitions(Members.RETRY_TOPIC, partitions).toList();
        reader.readAll(partitions(Members.DLQ_TOPIC, partitions).toList(), findings::addDeadLettered);
        reader.readAll(retryTopic, findings::addRetried);
        List<TopicPartition> groups = Stream.concat(
                        Order.TOPICS.stream().flatMap(topic -> partitions(topic, partitions)), retryTopic.stream())
                .toList();
        reader.readUncommitted(groups, findings::addUncommitted);
        return findings;
    }

    private static Stream<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(partition -> new TopicPartition(topic, partition));
    }

    /** A record was found in the dead letter queue. */
    void addDeadLettered(long id) {
        deadLettered.add(id);
    }

    /** A record was found in the retry topic. */
    void addRetried(long id) {
        retried.add(id);
    }

    /** A record was found at or past what the group has committed, of its topic or of the retry topic. */
    void addUncommitted(long id) {
        due.add(id);
        uncommitted[Order.topicOf(id)]++;
    }

    boolean isDeadLettered(long id) {
        return deadLettered.contains(id);
    }

    boolean isRetried(long id) {
        return retried.contains(id);
    }

    /** Whether the group would be given the record again. */
    boolean isDue(long id) {
        return due.contains(id);
    }

    long uncommitted(int topic) {
        return uncommitted[topic];
    }
}
