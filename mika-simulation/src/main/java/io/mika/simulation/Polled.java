package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.util.IdentityHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One record as one member got it in one assignment. */
final class Polled {
    final Assignment assignment;
    final long offset;
    final int epoch;
    /** Where it is in truth; what is in its place by now may be another. */
    final PartitionTruth.Entry place;
    /** Somebody settled it before it was polled here: it need not be handed out. */
    final boolean settledBefore;

    /** Equal for those that wait for each other; null when it waits for none. */
    final @Nullable Object queue;

    /** When it was polled, in epoch milliseconds. */
    final long millis;

    boolean acked;
    boolean handedOut;
    /** The position moved back below it: it comes again. */
    boolean dropped;
    /** What failed here is in another log. */
    boolean copied;

    /** The failure that is under way; null for none. */
    @Nullable Failing failing;
    /** It failed, and is to be handed out again in place. */
    @Nullable Failing again;
    /** The latest of it. */
    @Nullable Delivery delivery;
    /** What was told of each of its deliveries last. */
    final IdentityHashMap<Delivery, Failing> failings = new IdentityHashMap<>(2);
    /** How often it was handed out again in place. */
    int tries;

    Polled(Assignment assignment, ConsumerRecord<byte[], byte[]> record, PartitionTruth.Entry place) {
        this.assignment = assignment;
        this.offset = record.offset();
        this.epoch = record.leaderEpoch().orElse(Assignment.NO_EPOCH);
        this.place = place;
        this.millis = assignment.member.world.clock.millis();
        this.settledBefore = place.isSettled();
        this.queue = queue(record);
    }

    /** What failed before is handed out when it is due, to one consumer as its own records are. */
    private @Nullable Object queue(ConsumerRecord<byte[], byte[]> record) {
        if (assignment.isSorted()) {
            return assignment.order == HandOutOrder.PARTITION ? topic() : null;
        }
        return assignment.order.queueOf(record);
    }

    String id() {
        return place.of.id;
    }

    /** That of the consumer whose record it is. */
    String topic() {
        return place.copy == null ? assignment.partition.topic() : place.copy.topic();
    }

    /** Whether it failed before it was polled here. */
    boolean isCopy() {
        return assignment.isSorted();
    }

    boolean isDeadLetter() {
        return assignment.partition.topic().equals(World.DLQ);
    }

    int hops() {
        return place.copy == null ? 0 : place.copy.retries();
    }

    /** Neither settled nor dropped; what was settled before is not, for as long as it is not handed out. */
    boolean isOpen() {
        return !dropped && !isSettled();
    }

    boolean isSettled() {
        return acked || copied || (!handedOut && (settledBefore || isPassedOn()));
    }

    /** No handler was given it, and it is in another place now: it was nobody's here. */
    private boolean isPassedOn() {
        return isCopy() && place.isSettled();
    }

    /** What lies above it may be handed out. */
    boolean isBehindUs() {
        return handedOut || settledBefore;
    }

    boolean isOf(TopicPartition partition) {
        return assignment.partition.equals(partition);
    }

    /** With a handler, or with the application. */
    boolean isInHands() {
        return handedOut && again == null && isOpen();
    }

    /** The same, as far as anybody knows who was not told what became of it. */
    boolean mayBeInHands() {
        return isInHands() || (copied && failing != null && !dropped);
    }

    /** Not the application's any more, or not for this long. */
    boolean isGone() {
        return assignment.ended || dropped;
    }

    @Override
    public String toString() {
        return assignment + "@" + offset;
    }
}
