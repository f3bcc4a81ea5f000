package io.mika.test.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The log of one partition, as its leader has it. */
final class FakeLog {

    /**
     * A stretch of the log: one record, or control records that a consumer never sees. Offsets that belong to no entry
     * were compacted away.
     *
     * @param next the offset after it
     * @param record null for control records
     */
    record Entry(
            long offset,
            long next,
            int leaderEpoch,
            @Nullable Content record) {}

    /** What a record carries. */
    static final class Content {
        private final long timestamp;
        private final byte @Nullable [] key;
        private final byte @Nullable [] value;
        private final Headers headers;

        Content(long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
            this.timestamp = timestamp;
            this.key = key;
            this.value = value;
            this.headers = new RecordHeaders(headers);
        }

        long timestamp() {
            return timestamp;
        }
    }

    /** Where a leader epoch ends: what the broker answers to OffsetsForLeaderEpoch. */
    record EpochEnd(int leaderEpoch, long offset) {}

    private final TopicPartition partition;
    private final List<Entry> entries = new ArrayList<>();
    private final TreeMap<Integer, Long> epochStarts = new TreeMap<>();
    private long start;
    private long end;
    private int leaderEpoch;

    FakeLog(TopicPartition partition) {
        this.partition = partition;
        epochStarts.put(0, 0L);
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    long append(Content content) {
        long offset = end;
        entries.add(new Entry(offset, offset + 1, leaderEpoch, content));
        end++;
        return offset;
    }

    /** Control records: a consumer's position passes them, and no record shows it. */
    void appendControl(long count) {
        entries.add(new Entry(end, end + count, leaderEpoch, null));
        end += count;
    }

    /** Takes records away, as compaction does: a position passes them with the next record and not before. */
    void compact(long from, long to) {
        entries.removeIf(entry -> entry.offset >= from && entry.next <= to);
    }

    void deleteBefore(long offset) {
        start = Math.max(start, Math.min(offset, end));
        entries.removeIf(entry -> entry.next <= start);
        Map.Entry<Integer, Long> floor = null;
        while (!epochStarts.isEmpty() && epochStarts.firstEntry().getValue() <= start) {
            floor = epochStarts.pollFirstEntry();
        }
        if (floor != null) {
            epochStarts.put(floor.getKey(), start);
        }
    }

    /** Another leader, which has everything. */
    void elect() {
        leaderEpoch++;
        epochStarts.values().removeIf(from -> from >= end);
        epochStarts.put(leaderEpoch, end);
    }

    /** Another leader, which has nothing from this offset on. */
    void truncate(long to) {
        if (to < start || to > end) {
            throw new IllegalArgumentException(
                    "%s: %d is not within the log, which goes from %d to %d".formatted(partition, to, start, end));
        }
        entries.removeIf(entry -> entry.offset >= to);
        if (!entries.isEmpty() && entries.get(entries.size() - 1).next > to) {
            Entry cut = entries.remove(entries.size() - 1);
            entries.add(new Entry(cut.offset, to, cut.leaderEpoch, cut.record));
        }
        end = to;
        elect();
    }

    /** The end of the last epoch up to the one asked for, or null where the leader knows nothing of it. */
    @Nullable EpochEnd endOf(int epoch) {
        if (epoch == leaderEpoch) {
            return new EpochEnd(epoch, end);
        }
        Map.Entry<Integer, Long> higher = epochStarts.higherEntry(epoch);
        if (higher == null) {
            return null;
        }
        Integer floor = epochStarts.floorKey(epoch);
        return new EpochEnd(floor == null ? epoch : floor, higher.getValue());
    }

    /** The first entry that ends after this offset, and those behind it. */
    List<Entry> from(long offset) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).next > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return entries.subList(low, entries.size());
    }

    /** The first offset at or after a time, or null where no record is that young. */
    @Nullable Entry firstSince(long timestamp) {
        for (Entry entry : entries) {
            if (entry.record != null && entry.record.timestamp >= timestamp) {
                return entry;
            }
        }
        return null;
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.record != null) {
                records.add(toConsumer(entry, entry.record));
            }
        }
        return records;
    }

    @SuppressWarnings("NullAway") // a key and a value may be null, which Kafka's constructor does not say
    ConsumerRecord<byte[], byte[]> toConsumer(Entry entry, Content content) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                entry.offset,
                content.timestamp,
                TimestampType.CREATE_TIME,
                content.key == null ? ConsumerRecord.NULL_SIZE : content.key.length,
                content.value == null ? ConsumerRecord.NULL_SIZE : content.value.length,
                content.key,
                content.value,
                new RecordHeaders(content.headers),
                Optional.of(entry.leaderEpoch));
    }
}
