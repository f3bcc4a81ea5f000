package io.mika.simulation;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What is in the logs in truth, whoever wrote it. */
final class Logs {
    private final World world;
    private final FailureLogs failureLogs;
    private final Map<String, Published> published = new HashMap<>();
    private final Map<TopicPartition, PartitionTruth> truths = new HashMap<>();
    private long numbers;

    Logs(World world) {
        this.world = world;
        this.failureLogs = new FailureLogs(world);
    }

    PartitionTruth truth(TopicPartition partition) {
        return truths.computeIfAbsent(partition, PartitionTruth::new);
    }

    Published append(
            TopicPartition partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            boolean foreign) {
        Published record = new Published(Published.id(headers), key, value, headers, foreign);
        published.put(record.id, record);
        long offset = world.kafka.partition(partition).append(world.clock.millis(), key, value, headers);
        PartitionTruth.Entry entry = append(partition, offset, record, Copy.read(headers));
        world.note(() -> "append " + entry + (entry.excused ? " excused" : "") + (foreign ? " of another group" : ""));
        return record;
    }

    /** It is in that log now. */
    PartitionTruth.Entry append(TopicPartition partition, long offset, Published record, @Nullable Copy copy) {
        return truth(partition).append(offset, record, copy, numbers++);
    }

    /** A client's record is in a log. */
    void appended(ProducerRecord<byte[], byte[]> record, TopicPartition partition, long offset) {
        world.note(() -> "in the log: " + partition + "@" + offset + " " + Published.id(record.headers()));
        failureLogs.appended(record, partition, offset);
    }

    /** By retention, or by somebody. */
    void delete(TopicPartition partition, long before) {
        world.note(() -> "delete " + partition + " below " + before);
        PartitionTruth truth = truth(partition);
        truth.outOfRangeIsPossible = true;
        truth.remove(0, before);
        world.kafka.partition(partition).deleteRecords(before);
    }

    /** Which it is that bears these headers; null for none that was published. */
    @Nullable Published published(Headers headers) {
        return published.get(Published.id(headers));
    }

    /** The number that the next entry of a log gets. */
    long numbers() {
        return numbers;
    }

    String nextId() {
        return "r" + published.size();
    }
}
