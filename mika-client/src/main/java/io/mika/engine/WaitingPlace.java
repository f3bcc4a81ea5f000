package io.mika.engine;

import io.mika.record.Pointer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A record that waits to be handed out, of which only is known where it can be read. <i>Immutable.</i> */
sealed interface WaitingPlace {
    Chunk chunk();

    int index();

    /** Nanoseconds of the clock by which the lane that has it reckons. */
    long due();

    /** Where to read it. */
    TopicPartition partition();

    long offset();

    long bytes();

    /** With what was read there; null if that is another record. */
    @Nullable WaitingRecord with(ConsumerRecord<byte[], byte[]> found);

    default boolean isWaiting() {
        return chunk().state(index()) == SettleState.WAITING;
    }

    /**
     * A record of the lane itself, for which there was no room.
     *
     * @param writtenAt the record's timestamp
     * @param parks it is not to be handed out, but written anew
     */
    record Left(
            Chunk chunk,
            int index,
            @Nullable Attempt attempt,
            long due,
            TopicPartition partition,
            long offset,
            long bytes,
            long writtenAt,
            boolean parks)
            implements WaitingPlace {
        static Left of(WaitingRecord waiting) {
            return new Left(
                    waiting.chunk(),
                    waiting.index(),
                    waiting.attempt(),
                    waiting.due(),
                    waiting.chunk().lane.partition(),
                    waiting.record().offset(),
                    Chunk.bytes(waiting.record()),
                    waiting.record().timestamp(),
                    false);
        }

        boolean isAmong(WaitingQueue.Parked which) {
            return which.includes(offset, writtenAt);
        }

        /** The same, to be read now and written anew. */
        Left parking(long now) {
            return new Left(chunk, index, attempt, now, partition, offset, bytes, writtenAt, true);
        }

        @Override
        public @Nullable WaitingRecord with(ConsumerRecord<byte[], byte[]> found) {
            boolean isSame = found.timestamp() == writtenAt && Chunk.bytes(found) == bytes; // else of another topic
            return isSame ? new WaitingRecord(chunk, index, found, attempt, due) : null;
        }
    }

    /**
     * What a pointer leads to.
     *
     * @param failed the record in the dead letter queue that bears the pointer: its place, key and headers, and no value
     */
    record PointedAt(WaitingRecord failed, Pointer pointer) implements WaitingPlace {
        @Override
        public Chunk chunk() {
            return failed.chunk();
        }

        @Override
        public int index() {
            return failed.index();
        }

        @Override
        public long due() {
            return failed.due();
        }

        @Override
        public TopicPartition partition() {
            return new TopicPartition(pointer.topic(), pointer.partition());
        }

        @Override
        public long offset() {
            return pointer.offset();
        }

        @Override
        public long bytes() {
            return pointer.size();
        }

        @Override
        public @Nullable WaitingRecord with(ConsumerRecord<byte[], byte[]> found) {
            if (!pointer.matches(found.value())) {
                return null;
            }
            ConsumerRecord<byte[], byte[]> whole = whole(found);
            return new WaitingRecord(chunk(), index(), whole, failed.attempt(), due());
        }

        private ConsumerRecord<byte[], byte[]> whole(ConsumerRecord<byte[], byte[]> found) {
            ConsumerRecord<byte[], byte[]> bearer = failed.record();
            return new ConsumerRecord<>(
                    bearer.topic(),
                    bearer.partition(),
                    bearer.offset(),
                    bearer.timestamp(),
                    bearer.timestampType(),
                    bearer.serializedKeySize(),
                    found.serializedValueSize(),
                    bearer.key(),
                    found.value(),
                    bearer.headers(),
                    bearer.leaderEpoch());
        }
    }
}
