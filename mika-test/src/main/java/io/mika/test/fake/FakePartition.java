package io.mika.test.fake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the fake broker: what is in its log, and what happens to it. Always the topic that exists now, also
 * after it was deleted and created again. <i>For one thread.</i>
 */
public final class FakePartition {

    private final Broker broker;
    private final Supplier<FakeLog> log;

    FakePartition(Broker broker, TopicPartition partition) {
        this.broker = broker;
        this.log = () -> broker.topics.log(partition);
    }

    /**
     * Appends a record, with the time of now.
     *
     * @param key its key in UTF-8, or null
     * @param value its value in UTF-8, or null
     * @return its offset
     */
    public long append(@Nullable String key, @Nullable String value) {
        return append(broker.millis.getAsLong(), bytes(key), bytes(value), new RecordHeaders());
    }

    /**
     * Appends a record.
     *
     * @param timestamp epoch milliseconds
     * @param key its key, or null
     * @param value its value, or null
     * @param headers its headers
     * @return its offset
     */
    public long append(long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return log.get().append(new FakeLog.Content(timestamp, key, value, headers));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Appends control records, such as transaction markers: a consumer's position passes them at once, and the poll
     * that did so returns no record for them.
     *
     * @param count how many offsets they take
     */
    public void appendGap(long count) {
        log.get().appendControl(count);
    }

    /**
     * Removes records in the way compaction does: a position passes them together with the next record.
     *
     * @param from the first offset
     * @param to the offset after the last
     */
    public void compact(long from, long to) {
        log.get().compact(from, to);
    }

    /**
     * Moves the log's start, as retention and deleteRecords do.
     *
     * @param before the first offset to be kept
     */
    public void deleteRecords(long before) {
        log.get().deleteBefore(before);
    }

    /** Elects another leader, which has all records. The leader epoch grows. */
    public void electLeader() {
        log.get().elect();
    }

    /**
     * Elects another leader, which has lost the end of the log. The leader epoch grows.
     *
     * @param to the first offset that is lost
     */
    public void truncate(long to) {
        log.get().truncate(to);
    }

    /**
     * Where the log starts.
     *
     * @return the first offset
     */
    public long start() {
        return log.get().start();
    }

    /**
     * Where the log ends.
     *
     * @return the offset that the next record gets
     */
    public long end() {
        return log.get().end();
    }

    /**
     * The leader's epoch.
     *
     * @return from 0
     */
    public int leaderEpoch() {
        return log.get().leaderEpoch();
    }

    /**
     * What is in the log.
     *
     * @return its records in order
     */
    public List<ConsumerRecord<byte[], byte[]>> records() {
        return log.get().records();
    }
}
