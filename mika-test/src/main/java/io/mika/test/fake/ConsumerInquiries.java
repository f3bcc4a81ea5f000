package io.mika.test.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a consumer asks the brokers beside reading. */
interface ConsumerInquiries extends ConsumerDefaults {

    /** The topics, once the broker answers; throws what Kafka throws when it does not in time. */
    Topics topics(Duration timeout);

    @Override
    default List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        return describe(topic, topics(timeout).partitions(topic));
    }

    @Override
    default Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
        Map<String, List<PartitionInfo>> topics = new LinkedHashMap<>();
        topics(timeout)
                .all()
                .forEach((name, topic) ->
                        topics.put(name, describe(name, topic.logs().size())));
        return topics;
    }

    @Override
    default Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times, Duration timeout) {
        Map<TopicPartition, OffsetAndTimestamp> offsets = new LinkedHashMap<>();
        times.forEach((partition, time) -> {
            FakeLog.Entry first = topics(timeout).log(partition).firstSince(time);
            offsets.put(partition, toOffset(first));
        });
        return offsets;
    }

    @SuppressWarnings("NullAway") // as in Kafka: null where no record is that young
    private static OffsetAndTimestamp toOffset(FakeLog.@Nullable Entry first) {
        return first == null || first.record() == null
                ? null
                : new OffsetAndTimestamp(first.offset(), first.record().timestamp(), Optional.of(first.leaderEpoch()));
    }

    @Override
    default Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        return offsets(partitions, topics(timeout), FakeLog::start);
    }

    @Override
    default Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        return offsets(partitions, topics(timeout), FakeLog::end);
    }

    private static Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, Topics topics, ToLongFunction<FakeLog> which) {
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
        for (TopicPartition partition : Topics.sorted(partitions)) {
            offsets.put(partition, which.applyAsLong(topics.log(partition)));
        }
        return offsets;
    }

    /** Describes a topic as one broker has it, which leads all its partitions. */
    static List<PartitionInfo> describe(String topic, int partitions) {
        Node node = new Node(1, "fake", 9092);
        List<PartitionInfo> described = new ArrayList<>();
        for (int number = 0; number < partitions; number++) {
            described.add(new PartitionInfo(topic, number, node, new Node[] {node}, new Node[] {node}));
        }
        return described;
    }
}
