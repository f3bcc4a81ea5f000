package io.mika.simulation;

import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Delivery;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.IdentityHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One record as one member got it in one assignment. */
final class Polled {
    /** What a record costs beside its key and value, as the engine reckons. */
    private static final long OVERHEAD = 96;

    /** The engine looked at the clock by so much earlier than this did, at most. */
    static final long EARLIER = World.MILLI;

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

    /** At least. */
    final long bytes;

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
    /** It failed within its call, and is handed out again before any other of its queue. */
    boolean comesFirst;
    /** The latest of it. */
    @Nullable Delivery delivery;
    /** When its latest delivery was handed out, in epoch milliseconds. */
    long handedOutAt;
    /** From then on its latest delivery counts as stuck; virtual nanoseconds. */
    private long deadline;
    /** Its latest delivery did before it was extended. */
    private boolean wasOverdue;

    private boolean wasEverOverdue;
    /** What was told of each of its deliveries last. */
    final IdentityHashMap<Delivery, Failing> failings = new IdentityHashMap<>(2);
    /** How often it was handed out again in place. */
    int tries;
    /** How often it was handed out again for whatever reason. */
    int repeats;

    Polled(Assignment assignment, ConsumerRecord<byte[], byte[]> record, PartitionTruth.Entry place) {
        this.assignment = assignment;
        this.offset = record.offset();
        this.epoch = record.leaderEpoch().orElse(Assignment.NO_EPOCH);
        this.place = place;
        this.millis = assignment.member.world.clock.millis();
        this.bytes = OVERHEAD + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        this.settledBefore = place.isSettled();
        this.queue = queue(record);
    }

    /** What failed before is handed out when it is due, to one consumer as its own records are. */
    private @Nullable Object queue(ConsumerRecord<byte[], byte[]> record) {
        return switch (consumer().ordering()) {
            case PARTITION -> topic();
            case KEY -> isCopy() || record.key() == null ? null : ByteBuffer.wrap(record.key());
            case NONE -> null;
        };
    }

    String id() {
        return place.of.id;
    }

    /** A call with it begins. */
    void handedOut(Delivery as) {
        delivery = as;
        wasEverOverdue = wasEverOverdue();
        wasOverdue = false;
        handedOutAt = assignment.member.world.clock.millis();
        deadline = now() + consumer().ackDeadline().toNanos();
        comesFirst = false;
        handedOut = true;
    }

    void extend(Duration time) {
        wasOverdue |= isOverdue();
        wasEverOverdue |= wasOverdue;
        deadline = Math.max(deadline, now() + time.toNanos());
    }

    private long now() {
        return assignment.member.world.clock.nanos();
    }

    /** It is open for longer than it may, and nobody waits for it any more. */
    boolean isOverdue() {
        return handedOut && now() >= deadline - EARLIER;
    }

    /** A call with it is waited for no longer, although its partition has come back. */
    boolean isWaitedForNoMore() {
        boolean wasSettled = !isUndecided() || failings.containsKey(delivery); // then more time is of no use
        return assignment.endedFor() >= consumer().ackDeadline().toNanos() - EARLIER && (wasSettled || isOverdue());
    }

    /** A delivery of it was open for longer than it may, or is. */
    boolean wasEverOverdue() {
        return wasEverOverdue || isOverdue();
    }

    /** Its client itself may have failed its latest delivery; nobody tells. */
    boolean mayHaveBeenFailed() {
        return again == null && consumer().failsOnDeadline() && (wasOverdue || isOverdue());
    }

    /** The same of one of its deliveries. */
    boolean mayEverHaveBeenFailed() {
        return consumer().failsOnDeadline() && wasEverOverdue();
    }

    /** Whether what its handler throws may settle nothing, or come too late. */
    boolean isUncertain() {
        return mayHaveBeenFailed() || (consumer().interrupts() && (wasOverdue || isOverdue()));
    }

    /** Where it leads if its client failed it. */
    Failing failedByItsClient() {
        return Failing.overdue(assignment.member.world, this, consumer().policy() == DeadlinePolicy.RETRY);
    }

    /** An outage may keep it here although it failed; it is handed out again then, and nobody tells. */
    boolean mayBeHeld() {
        return assignment.member.world.plan.breaker() != null && failing != null;
    }

    /** Which delivery it is, as the headers of what failed count them. */
    int attempt() {
        return delivery == null ? 0 : delivery.attempt();
    }

    ConsumerPlan consumer() {
        return assignment.member.world.plan.consumer(topic());
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

    /** No handler was given it, and it is in another place now, for it was nobody's here, or in none any more. */
    private boolean isPassedOn() {
        return isCopy() && (place.isSettled() || place.deleted);
    }

    /** What lies above it may be handed out. */
    boolean isBehindUs() {
        return handedOut ? !comesFirst : settledBefore || assignment.mayBeMistaken();
    }

    boolean isOf(TopicPartition partition) {
        return assignment.partition.equals(partition);
    }

    /** With a handler, or with the application. */
    boolean isInHands() {
        return handedOut && again == null && isOpen();
    }

    /** The application has it, and nobody has decided. */
    boolean isUndecided() {
        return isInHands() && failing == null && !mayHaveBeenFailed();
    }

    /** The same, as far as anybody knows who was not told what became of it. */
    boolean mayBeInHands() {
        return isInHands() || (copied && (failing != null || mayHaveBeenFailed()) && !dropped);
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
