package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.util.ArrayList;
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
    final HandOutOrder order;
    /** The group's committed offset when the partition was assigned; -1 for none. */
    final long committedBefore;
    /** How often the partition had been changed from outside by then. */
    final int disturbancesBefore;

    /** Places that the position was at, with the leader epochs below. */
    private final Map<Long, Set<Integer>> marks = new HashMap<>();

    private final List<Polled> polled = new ArrayList<>();
    /** Neither acked nor dropped. */
    private int open;

    /** The provisional position was replaced by the real one. */
    boolean running;

    boolean stopping;
    boolean ended;
    /** A poll said that the position is out of range. */
    boolean mayMove;

    long position = -1;
    int positionEpoch = NO_EPOCH;
    long lastSent = -1;
    boolean lastSentHadEpoch;
    long confirmed = -1;
    int calls;

    Assignment(
            Member member, TopicPartition partition, HandOutOrder order, long committedBefore, int disturbancesBefore) {
        this.member = member;
        this.partition = partition;
        this.order = order;
        this.committedBefore = committedBefore;
        this.disturbancesBefore = disturbancesBefore;
    }

    ConsumerPlan consumer() {
        return member.world.plan.consumer();
    }

    @Nullable Polled at(long offset) {
        return polled.stream()
                .filter(record -> record.offset == offset)
                .findFirst()
                .orElse(null);
    }

    /** Whether something is in hands that is to be waited for. */
    boolean isWaitedFor() {
        return polled.stream().anyMatch(record -> record.isInHands() && !record.isOverdue());
    }

    int open() {
        return open;
    }

    long openBytes() {
        return polled.stream()
                .filter(Polled::isOpen)
                .mapToLong(record -> record.bytes)
                .sum();
    }

    void add(Polled record) {
        polled.add(record);
        if (record.isOpen()) {
            open++;
        }
    }

    void acked(Polled record) {
        if (record.isOpen()) {
            open--;
        }
        record.acked = true;
    }

    /** Whether all of its queue that lie below were handed out, or settled before, and none that lies above. */
    boolean isNext(Polled record) {
        Object queue = record.queue;
        if (queue == null) {
            return true;
        }
        boolean isBelow = true;
        for (Polled other : polled) {
            if (other == record) {
                isBelow = false;
            } else if (queue.equals(other.queue) && !(isBelow ? other.isBehindUs() : !other.isHandedOut())) {
                return false;
            }
        }
        return true;
    }

    void handedOut(Polled record, Delivery as) {
        if (record.settledBefore && !record.isHandedOut()) {
            open++;
        }
        record.handedOut(as);
    }

    /** How many the application has and has not decided on. */
    long inHands() {
        return polled.stream().filter(Polled::isInHands).count();
    }

    /** How many were passed over, because they were settled before, by what is committed for the first time now. */
    int passedOverBelow(long offset) {
        int passed = 0;
        for (Polled record : polled) {
            if (record.offset >= Math.max(offset, lastSent)) {
                break;
            }
            passed += record.offset >= lastSent && !record.isHandedOut() ? 1 : 0;
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

    /** Whether a record is handed out, neither acked nor dropped, and not known to be handed out again. */
    boolean hasHandedOpen() {
        return polled.stream().anyMatch(record -> record.isHandedOut() && record.isOpen() && !record.comesAgain);
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
    }

    @Override
    public String toString() {
        return member + ":" + partition;
    }
}
