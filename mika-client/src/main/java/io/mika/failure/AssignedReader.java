package io.mika.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions that it is told, outside of any group: no rebalance, no commit. The one class of the failure path that
 * touches Kafka's consumer, which it makes with the first read.
 *
 * <p><i>For one thread at a time.</i> Every call is bounded.
 */
final class AssignedReader {
    private static final Duration LOOK_UP = Duration.ofSeconds(5);

    private final Supplier<Consumer<byte[], byte[]>> make;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * What one poll brought.
     *
     * @param records of one partition after the other, in the order of their offsets
     * @param positions where it goes on, of the partitions that moved: everything below was in this or an earlier answer,
     *     or does not exist
     * @param ended partitions that are read no more, for their logs end below where they were to be read
     */
    record Polled(
            List<ConsumerRecord<byte[], byte[]>> records,
            Map<TopicPartition, Long> positions,
            Set<TopicPartition> ended) {
        private static final Polled NOTHING = new Polled(List.of(), Map.of(), Set.of());
    }

    /**
     * Connects to nothing yet.
     *
     * @param make makes a consumer without a group and with {@code auto.offset.reset=none}
     */
    AssignedReader(Supplier<Consumer<byte[], byte[]>> make) {
        this.make = make;
    }

    /**
     * Reads these partitions from here on, and no others. One that is there already goes on as it is, unless it stands
     * elsewhere.
     *
     * @param from the first offset of each
     */
    void read(Map<TopicPartition, Long> from) {
        if (from.isEmpty() && positions.isEmpty()) {
            return;
        }
        Consumer<byte[], byte[]> open = consumer();
        if (!positions.keySet().equals(from.keySet())) {
            open.assign(from.keySet());
            positions.keySet().retainAll(from.keySet());
        }
        from.forEach((partition, offset) -> {
            if (!offset.equals(positions.put(partition, offset))) {
                open.seek(partition, offset);
            }
        });
    }

    /**
     * Reads these partitions no more.
     *
     * @param partitions any
     */
    void drop(Collection<TopicPartition> partitions) {
        if (positions.keySet().removeAll(partitions)) {
            consumer().assign(positions.keySet());
        }
    }

    /** Where a partition goes on; null if it is not read. */
    @Nullable Long position(TopicPartition partition) {
        return positions.get(partition);
    }

    /** Those that exist, with the offsets after their last records; of the others a poll says nothing, ever. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> of) {
        Map<String, Integer> counts = new HashMap<>();
        for (TopicPartition partition : of) {
            counts.computeIfAbsent(
                    partition.topic(),
                    topic -> consumer().partitionsFor(topic, LOOK_UP).size());
        }
        return consumer()
                .endOffsets(
                        of.stream()
                                .filter(partition -> partition.partition() < counts.getOrDefault(partition.topic(), 0))
                                .toList(),
                        LOOK_UP);
    }

    /**
     * Waits for records. Where the log begins above a position, records have expired: it goes on at the log's beginning.
     *
     * @param timeout the longest wait
     * @return what came; nothing while no partition is read
     * @throws org.apache.kafka.common.KafkaException as Kafka's consumer
     */
    Polled poll(Duration timeout) {
        if (positions.isEmpty()) {
            return Polled.NOTHING;
        }
        try {
            return polled(consumer().poll(timeout));
        } catch (OffsetOutOfRangeException outOfRange) {
            return outOfRange(outOfRange.partitions());
        }
    }

    private Polled polled(ConsumerRecords<byte[], byte[]> polled) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.count());
        Map<TopicPartition, Long> moved = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            records.add(record);
            moved.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        polled.nextOffsets().forEach((partition, next) -> moved.merge(partition, next.offset(), Math::max));
        moved.keySet().retainAll(positions.keySet());
        positions.putAll(moved);
        return new Polled(records, moved, Set.of());
    }

    private Polled outOfRange(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> moved = new HashMap<>();
        Set<TopicPartition> ended = new HashSet<>();
        Map<TopicPartition, Long> beginnings = consumer().beginningOffsets(partitions, LOOK_UP);
        for (TopicPartition partition : partitions) {
            Long beginning = beginnings.get(partition);
            Long position = positions.get(partition);
            if (beginning != null && position != null && beginning > position) {
                consumer().seek(partition, beginning);
                moved.put(partition, beginning);
            } else {
                ended.add(partition);
            }
        }
        positions.putAll(moved);
        drop(ended);
        return new Polled(List.of(), moved, ended);
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open = make.get();
            consumer = open;
        }
        return open;
    }

    /**
     * Lets go of the connection. A later read connects again.
     *
     * @param timeout how long that may take
     */
    void close(Duration timeout) {
        Consumer<byte[], byte[]> open = consumer;
        consumer = null;
        positions.clear();
        if (open != null) {
            open.close(CloseOptions.timeout(timeout));
        }
    }
}
