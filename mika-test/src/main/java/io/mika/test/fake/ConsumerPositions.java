package io.mika.test.fake;

import io.mika.test.fake.Positions.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** What a consumer says of its assigned partitions, and what it is told to do with them. */
interface ConsumerPositions extends ConsumerInquiries {

    /** The assigned partitions; throws when the consumer is closed. */
    Positions positions();

    @Override
    default Set<TopicPartition> assignment() {
        return positions().assigned();
    }

    @Override
    default void seek(TopicPartition partition, long offset) {
        seek(partition, new OffsetAndMetadata(notNegative(offset)));
    }

    @Override
    default void seek(TopicPartition partition, OffsetAndMetadata offset) {
        positions().get(partition).seek(notNegative(offset.offset()), offset.leaderEpoch());
    }

    private static long notNegative(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("seek offset must not be a negative number");
        }
        return offset;
    }

    @Override
    default void seekToBeginning(Collection<TopicPartition> partitions) {
        beginningOffsets(partitions.isEmpty() ? positions().assigned() : partitions)
                .forEach(this::seek);
    }

    @Override
    default void seekToEnd(Collection<TopicPartition> partitions) {
        endOffsets(partitions.isEmpty() ? positions().assigned() : partitions).forEach(this::seek);
    }

    @Override
    default long position(TopicPartition partition, Duration timeout) {
        if (!positions().contains(partition)) {
            throw new IllegalStateException(
                    "You can only check the position for partitions assigned to this consumer.");
        }
        Position position = positions().get(partition);
        if (!position.isValid()) {
            topics(timeout);
            positions().update();
        }
        if (!position.isValid()) {
            throw new TimeoutException("Timeout of " + timeout.toMillis() + "ms expired before the position for"
                    + " partition " + partition + " could be determined");
        }
        return position.offset();
    }

    @Override
    default OptionalLong currentLag(TopicPartition partition) {
        Position position = positions().get(partition);
        return position.end < 0 || !position.isKnown()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, position.end - position.offset()));
    }

    @Override
    default void pause(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> positions().get(partition).paused = true);
    }

    @Override
    default void resume(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> positions().get(partition).paused = false);
    }

    @Override
    default Set<TopicPartition> paused() {
        return positions().paused();
    }

    @Override
    default Map<TopicPartition, OffsetAndMetadata> consumed() {
        Map<TopicPartition, OffsetAndMetadata> consumed = new LinkedHashMap<>();
        for (TopicPartition partition : positions().assigned()) {
            Position position = positions().get(partition);
            if (position.isValid()) {
                consumed.put(partition, new OffsetAndMetadata(position.offset(), position.offsetEpoch(), ""));
            }
        }
        return consumed;
    }
}
