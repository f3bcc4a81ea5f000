package io.mika.simulation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One record as one member got it in one assignment. */
final class Polled {
    final Assignment assignment;
    final long offset;
    final int epoch;
    final String id;
    /** Equal for those that wait for each other; null when it waits for none. */
    final @Nullable Object queue;

    boolean acked;
    /** Somebody acked it before it was polled here: it need not be handed out. */
    final boolean settledBefore;

    boolean handedOut;
    /** The position moved back below it: it comes again. */
    boolean dropped;

    /** Failures whose outcome the application does not know yet. */
    int failing;

    Polled(Assignment assignment, ConsumerRecord<byte[], byte[]> record, String id, boolean settledBefore) {
        this.assignment = assignment;
        this.offset = record.offset();
        this.epoch = record.leaderEpoch().orElse(Assignment.NO_EPOCH);
        this.id = id;
        this.queue = assignment.order.queueOf(record);
        this.settledBefore = settledBefore;
    }

    /** Neither settled nor dropped; what was settled before is not, for as long as it is not handed out. */
    boolean isOpen() {
        return !dropped && !isSettled();
    }

    /** What lies above it may be handed out. */
    boolean isBehindUs() {
        return handedOut || settledBefore;
    }

    boolean isSettled() {
        return acked || (settledBefore && !handedOut);
    }

    boolean isOf(TopicPartition partition) {
        return assignment.partition.equals(partition);
    }

    @Override
    public String toString() {
        return assignment + "@" + offset;
    }
}
