package io.mika.engine;

import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that waits, here and unsettled, to be handed out. <i>Immutable.</i>
 *
 * @param attempt the next one; null for a record that no consumer here is for
 * @param due nanoseconds of the clock by which the lane that has it reckons
 */
record WaitingRecord(
        Chunk chunk,
        int index,
        ConsumerRecord<byte[], byte[]> record,
        @Nullable Attempt attempt,
        long due) {
    /** Makes it the handler's; null if it is nobody's any more. */
    @Nullable OpenDelivery take() {
        return chunk.move(index, SettleState.WAITING, SettleState.OPEN)
                ? new OpenDelivery(chunk, index, record, next())
                : null;
    }

    /** The next attempt, of a record that a consumer here is for. */
    Attempt next() {
        return Objects.requireNonNull(attempt);
    }

    boolean isAmong(WaitingQueue.Parked which) {
        return which.includes(record.offset(), record.timestamp());
    }

    boolean isWaiting() {
        return chunk.state(index) == SettleState.WAITING;
    }
}
