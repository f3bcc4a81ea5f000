package io.mika.test.fake;

import io.mika.test.fake.Positions.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Collects what one poll returns. */
final class Fetcher {

    private final Broker broker;
    private final Positions positions;
    private final int maxRecords;

    Fetcher(Broker broker, Positions positions, int maxRecords) {
        this.broker = broker;
        this.positions = positions;
        this.maxRecords = maxRecords;
    }

    /** What one poll collects. */
    private static final class Haul {
        final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        final Map<TopicPartition, OffsetAndMetadata> nextOffsets = new LinkedHashMap<>();
        int room;
        boolean moved;

        Haul(int room) {
            this.room = room;
        }
    }

    /**
     * The next records, moving the positions past them; null where no position moved.
     *
     * <p>As in Kafka, {@code nextOffsets} names every partition of which an answer was taken in: those that moved, and
     * with them one that was just asked for the first time and has nothing.
     */
    @Nullable ConsumerRecords<byte[], byte[]> fetch(String member) {
        Haul haul = new Haul(maxRecords);
        for (Position position : new ArrayList<>(positions.inFetchOrder())) {
            FakeLog log = broker.topics.find(position.partition);
            if (haul.room == 0) {
                break;
            }
            if (log == null || !position.isFetchable()) {
                continue;
            }
            if (position.offset() < log.start() || position.offset() > log.end()) {
                if (haul.moved) {
                    break; // thrown by the next poll: what was collected comes first
                }
                throw outOfRange(position);
            }
            int limit = broker.faults.fetch(member, position.partition, haul.room);
            if (limit > 0) {
                take(position, log, haul, limit);
            }
        }
        return haul.moved ? new ConsumerRecords<>(haul.records, haul.nextOffsets) : null;
    }

    private void take(Position position, FakeLog log, Haul haul, int limit) {
        boolean first = position.end < 0;
        position.end = log.end();
        long next = position.offset();
        Optional<Integer> epoch = Optional.empty();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (FakeLog.Entry entry : log.from(position.offset())) {
            if (haul.room == 0 || records.size() == limit) {
                break;
            }
            if (entry.record() != null) {
                records.add(log.toConsumer(entry, entry.record()));
                haul.room--;
            }
            next = entry.next();
            epoch = Optional.of(entry.leaderEpoch());
        }
        boolean moved = next > position.offset();
        if (moved || first) {
            haul.nextOffsets.put(position.partition, new OffsetAndMetadata(next, epoch, ""));
        }
        if (moved) {
            position.moveTo(next, epoch);
            positions.moveToEnd(position);
            haul.moved = true;
        }
        if (!records.isEmpty()) {
            haul.records.put(position.partition, records);
        }
    }

    private static OffsetOutOfRangeException outOfRange(Position position) {
        return new OffsetOutOfRangeException(
                "Fetch position %d is out of range for partition %s".formatted(position.offset(), position.partition),
                Map.of(position.partition, position.offset()));
    }
}
