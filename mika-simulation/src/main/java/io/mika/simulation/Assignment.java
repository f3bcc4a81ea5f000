package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What one member was told of one partition, from when it was assigned until it was not. */
final class Assignment {
    static final int NO_EPOCH = -1;

    final Member member;
    final TopicPartition partition;
    /** The group's committed offset when the partition was assigned; -1 for none. */
    final long committedBefore;
    /** How often the partition had been changed from outside by then. */
    final int disturbancesBefore;

    private final boolean sorted;

    /** Places that the position was at, with the leader epochs below. */
    private final Map<Long, Set<Integer>> marks = new HashMap<>();

    private final List<Polled> polled = new ArrayList<>();
    /** What failed and is to be handed out again, before anything else. */
    private final Deque<Polled> again = new ArrayDeque<>(0);

    /** Neither acked nor dropped. */
    private int open;

    /** The provisional position was replaced by the real one. */
    boolean running;

    boolean stopping;
    boolean ended;
    private long endedAt;
    /** When its position moved back last, in epoch milliseconds. */
    long movedBackAt = -1;
    /** A poll said that the position is out of range. */
    boolean mayMove;

    long beganAt = -1;
    long position = -1;
    int positionEpoch = NO_EPOCH;
    long lastSent = -1;
    boolean lastSentHadEpoch;
    long confirmed = -1;
    int calls;

    Assignment(Member member, TopicPartition partition, long committedBefore, int disturbancesBefore) {
        this.member = member;
        this.partition = partition;
        this.committedBefore = committedBefore;
        this.disturbancesBefore = disturbancesBefore;
        this.sorted = !World.isOfConsumer(partition);
    }

    /** Of the retry topic or the dead letter queue: its records are several consumers', and wait for their times. */
    boolean isSorted() {
        return sorted;
    }

    /** Its client may take the partition for that of a topic which is gone. */
    boolean mayBeMistaken() {
        return member.heard.isUnawareOf(partition.topic());
    }

    /** What it has may be taken from it at any moment. */
    boolean isEnding() {
        return stopping || member.isClosing();
    }

    /** Its records are waited for, and what is settled of them is committed. */
    void stops() {
        stopping = true;
        endedAt = member.world.clock.nanos();
    }

    /** Nothing of it counts any more. */
    void ends() {
        if (!ended && !stopping) {
            endedAt = member.world.clock.nanos();
        }
        ended = true;
    }

    /** Virtual nanoseconds, at most, since what is settled of it counts no more: that was before its last commit. */
    long endedFor() {
        return ended ? member.world.clock.nanos() - endedAt : 0;
    }

    int open() {
        return open;
    }

    long openBytes() {
        long bytes = 0;
        for (Polled record : polled) {
            bytes += record.isOpen() ? record.bytes : 0;
        }
        return bytes;
    }

    /** How many of one consumer the application has and has not decided on. */
    int undecided(String topic) {
        int undecided = 0;
        for (Polled record : polled) {
            undecided += record.isUndecided() && record.topic().equals(topic) ? 1 : 0;
        }
        return undecided;
    }

    /** The same of all consumers. */
    int undecided() {
        int undecided = 0;
        for (Polled record : polled) {
            undecided += record.isUndecided() ? 1 : 0;
        }
        return undecided;
    }

    /** The first of them that was handed out before this time (epoch milliseconds); null for none. */
    @Nullable Polled firstUndecided(long millis) {
        for (Polled record : polled) {
            if (record.isUndecided() && record.handedOutAt < millis) {
                return record;
            }
        }
        return null;
    }

    /** Whether something is in hands that is to be waited for. */
    boolean isWaitedFor() {
        for (Polled record : polled) {
            if (record.isInHands() && !record.isOverdue() && !record.mayBeHeld()) {
                return true;
            }
        }
        return false;
    }

    void add(Polled record) {
        polled.add(record);
        if (record.isOpen()) {
            open++;
        }
    }

    /** Null for none. */
    @Nullable Polled at(long offset) {
        for (int i = polled.size() - 1; i >= 0; i--) {
            if (polled.get(i).offset == offset) {
                return polled.get(i);
            }
        }
        return null;
    }

    void acked(Polled record) {
        if (record.isOpen()) {
            open--;
        }
        record.acked = true;
    }

    /** What failed here is in another log. */
    void copied(Polled record) {
        if (record.isOpen()) {
            open--;
        }
        record.copied = true;
    }

    /** It failed, and is handed out again here. */
    void again(Polled record, Failing failing) {
        record.comesFirst = member.calls.isOf(record);
        record.again = failing;
        again.add(record);
    }

    /** As is seen now that it is handed out: for what its client did, and when, is not told. */
    void cameAgain(Polled record, Failing failing) {
        record.again = failing;
        record.failing = null;
        again.addFirst(record);
    }

    /** Whether it is this one's turn. */
    boolean isNext(Polled record) {
        if (sorted) {
            return !record.handedOut || record.again != null; // it comes when it is due
        }
        again.removeIf(each -> each.dropped);
        ConsumerPlan consumer = record.consumer();
        boolean isStrict =
                consumer.keepsPartitionOrder() && !consumer.isBatched() && member.world.plan.breaker() == null;
        if (isStrict && !again.isEmpty()) {
            return again.peek() == record;
        }
        return record.again != null || isNextOfQueue(record);
    }

    /** Whether all of its queue that lie below were handed out, or settled before, and none that lies above. */
    private boolean isNextOfQueue(Polled record) {
        Object queue = record.queue;
        if (record.handedOut || queue == null) {
            return !record.handedOut;
        }
        boolean isBelow = true;
        for (Polled other : polled) {
            if (other == record) {
                isBelow = false;
            } else if (queue.equals(other.queue) && !(isBelow ? other.isBehindUs() : !other.handedOut)) {
                return false;
            }
        }
        return true;
    }

    /** A call with it begins. */
    void handedOut(Polled record, Delivery as) {
        boolean counted = record.isOpen();
        Failing failing = record.again;
        if (failing != null) {
            record.again = null;
            record.repeats++;
            record.tries += failing.way == Failing.Way.IN_PLACE ? 1 : 0;
            again.remove(record);
        }
        record.handedOut(as);
        if (!counted && record.isOpen()) {
            open++;
        }
    }

    /** How many were passed over, because they were settled before, by what is committed for the first time now. */
    int passedOverBelow(long offset) {
        int passed = 0;
        for (Polled record : polled) {
            if (record.offset >= Math.max(offset, lastSent)) {
                break;
            }
            passed += record.offset >= lastSent && !record.handedOut && record.place.acked ? 1 : 0;
        }
        return passed;
    }

    /** The first that a commit of this offset would pass unsettled; null for none. */
    @Nullable Polled firstUnsettledBelow(long offset) {
        for (Polled record : polled) {
            if (record.offset >= offset) {
                return null;
            }
            if (!record.isSettled()) {
                return record;
            }
        }
        return null;
    }

    void at(OffsetAndMetadata place) {
        position = place.offset();
        positionEpoch = place.leaderEpoch().orElse(NO_EPOCH);
        marks.computeIfAbsent(position, first -> new HashSet<>()).add(positionEpoch);
    }

    /** Whether the leader epoch is that of what was read right below the offset. */
    boolean isEpochBelow(long offset, int epoch) {
        if (marks.getOrDefault(offset, Set.of()).contains(epoch)) {
            return true;
        }
        int below = NO_EPOCH;
        for (Polled record : polled) {
            if (record.offset >= offset) {
                break;
            }
            below = record.epoch;
        }
        return below == epoch;
    }

    /** Whether a record is handed out, and neither acked nor dropped. */
    boolean hasHandedOpen() {
        for (Polled record : polled) {
            if (record.isInHands()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something may be on its way to another topic, as far as anybody knows who was not told. */
    boolean mayBeWriting() {
        return polled.stream().anyMatch(record -> record.mayBeInHands() || isPassedOn(record));
    }

    /** It was handed to nobody, for it is nobody's here. */
    private boolean isPassedOn(Polled record) {
        return sorted && !record.handedOut && !record.dropped && member.mayPassOn(record);
    }

    void moveBack(long to) {
        while (!polled.isEmpty() && polled.get(polled.size() - 1).offset >= to) {
            Polled lost = polled.remove(polled.size() - 1);
            if (lost.isOpen()) {
                open--;
            }
            lost.dropped = true;
        }
        lastSent = -1;
        movedBackAt = member.world.clock.millis();
    }

    @Override
    public String toString() {
        return member + ":" + partition;
    }
}
