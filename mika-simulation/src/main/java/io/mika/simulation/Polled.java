package io.mika.simulation;

import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Delivery;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One record as one member got it in one assignment. */
final class Polled {
    /** What a record costs beside its key and value, as the engine reckons. */
    private static final int OVERHEAD = 96;

    final Assignment assignment;
    final long offset;
    final int epoch;
    final String id;
    /** Equal for those that wait for each other; null when it waits for none. */
    final @Nullable Object queue;

    /** At least. */
    final long bytes;

    boolean acked;
    /** Somebody acked it before it was polled here: it need not be handed out. */
    final boolean settledBefore;

    /** Its latest; calls on those before it are without effect. */
    private @Nullable Delivery delivery;
    /** How often it was handed out. */
    int times;
    /** From then on its latest delivery counts as stuck; virtual nanoseconds. */
    private long deadline;

    private boolean wasOverdue;
    /** The position moved back below it: it comes again. */
    boolean dropped;

    /** Failures of its latest delivery whose outcome the application does not know yet. */
    int failing;
    /** The application was told that it is handed out again. */
    boolean comesAgain;
    /** It failed within its call, and is handed out again before any other of its queue. */
    boolean comesFirst;

    Polled(Assignment assignment, ConsumerRecord<byte[], byte[]> record, String id, boolean settledBefore) {
        this.assignment = assignment;
        this.offset = record.offset();
        this.epoch = record.leaderEpoch().orElse(Assignment.NO_EPOCH);
        this.id = id;
        this.bytes = OVERHEAD + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        this.queue = assignment.order.queueOf(record);
        this.settledBefore = settledBefore;
    }

    void handedOut(Delivery as) {
        delivery = as;
        long now = assignment.member.world.clock.nanos();
        wasOverdue = wasEverOverdue();
        deadline = now + assignment.consumer().ackDeadline().toNanos();
        times++;
        failing = 0;
        comesAgain = false;
        comesFirst = false;
    }

    boolean isHandedOut() {
        return times > 0;
    }

    /** The application knows what became of a failure. */
    void failed(Delivery one) {
        if (one == delivery) {
            failing--;
        }
    }

    /** Whether this delivery of it settles it. */
    boolean isSettledBy(Delivery one) {
        return one == delivery && !comesAgain;
    }

    /** Neither settled nor dropped; what was settled before is not, for as long as it is not handed out. */
    boolean isOpen() {
        return !dropped && !isSettled();
    }

    /** The application has it, and nobody has decided. */
    boolean isInHands() {
        return isHandedOut() && isOpen() && failing == 0 && !comesAgain && !comesFirst && !mayHaveBeenFailed();
    }

    void extend(Duration time) {
        wasOverdue = wasEverOverdue();
        deadline = Math.max(deadline, assignment.member.world.clock.nanos() + time.toNanos());
    }

    /** A delivery of it was open for longer than it may, or is. */
    boolean wasEverOverdue() {
        return wasOverdue || (isHandedOut() && isOverdue());
    }

    /** It is open for longer than it may, and nobody waits for it any more. */
    boolean isOverdue() {
        return assignment.member.world.clock.nanos() >= deadline;
    }

    /** The client itself failed it; nobody tells. */
    boolean mayHaveBeenFailed() {
        return isOverdue() && assignment.consumer().policy() != DeadlinePolicy.WARN;
    }

    /** Whether a failure that may go away hands it out again here. */
    boolean mayComeAgain() {
        return isInHands()
                && !assignment.ended
                && times <= assignment.consumer().inPlaceRetries();
    }

    /** What lies above it may be handed out. */
    boolean isBehindUs() {
        return isHandedOut() ? !comesFirst : settledBefore;
    }

    boolean isSettled() {
        return acked || (settledBefore && !isHandedOut());
    }

    boolean isOf(TopicPartition partition) {
        return assignment.partition.equals(partition);
    }

    @Override
    public String toString() {
        return assignment + "@" + offset;
    }
}
