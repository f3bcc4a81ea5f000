package io.mika.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of the partitions that are assigned now, and how much they may hold together. <i>Owned by the poll
 * thread.</i>
 */
final class Lanes implements Iterable<Lane> {
    private final Map<TopicPartition, Lane> assigned = new LinkedHashMap<>();
    /** Over, and a handler is waited for; one partition may have come and gone several times meanwhile. */
    private final Set<Lane> departed = new HashSet<>();
    /** What the brokers held of partitions that went, as far as this client knows. */
    private final Map<TopicPartition, Long> heldBefore = new HashMap<>();

    private final Limits limits;

    Lanes(Limits limits) {
        this.limits = limits;
    }

    @Override
    public Iterator<Lane> iterator() {
        return assigned.values().iterator();
    }

    @Nullable Lane get(TopicPartition partition) {
        return assigned.get(partition);
    }

    /** Whether the lane is the partition's today, not one of an earlier assignment. */
    boolean isCurrent(Lane lane) {
        return assigned.get(lane.partition()) == lane;
    }

    void add(Lane lane) {
        assigned.put(lane.partition(), lane);
    }

    List<Lane> of(Collection<TopicPartition> partitions) {
        List<Lane> found = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            Lane lane = assigned.get(partition);
            if (lane != null) {
                found.add(lane);
            }
        }
        return found;
    }

    List<Lane> all() {
        return new ArrayList<>(assigned.values());
    }

    /** The lane is over; it is remembered for as long as a handler of it is waited for. */
    void remove(Lane lane) {
        if (assigned.remove(lane.partition(), lane)) {
            lane.release();
            if (lane.commit().held() >= 0) {
                heldBefore.merge(lane.partition(), lane.commit().held(), Math::max);
            }
            if (lane.isHandling()) {
                departed.add(lane);
            }
        }
    }

    /** The highest offset that this client ever had confirmed of the partition; -1 for none. */
    long heldBefore(TopicPartition partition) {
        return heldBefore.getOrDefault(partition, -1L);
    }

    /** The group's offset went back, and that was told. */
    void forgetHeld(TopicPartition partition) {
        heldBefore.remove(partition);
    }

    /** Whether a handler of an earlier assignment of the partition still runs here, and is not stuck. */
    boolean isStillHandledFromBefore(TopicPartition partition, long now) {
        departed.removeIf(before -> !before.isStillHandling(now));
        return departed.stream().anyMatch(before -> before.partition().equals(partition));
    }

    boolean areIdle() {
        return assigned.values().stream().allMatch(Lane::isIdle);
    }

    void sweepProgressed() {
        for (Lane lane : assigned.values()) {
            if (lane.takeProgress() || lane.pauses().contains(PauseReason.FULL)) {
                lane.sweep();
            }
        }
    }

    /** Pauses the lanes that hold as much as they may, and resumes those that have room again. */
    void limit(Pauses pauses) {
        long records = 0;
        long bytes = 0;
        int inOrder = 0;
        for (Lane lane : assigned.values()) {
            if (lane.isDisabled()) {
                pauses.add(lane, PauseReason.DISABLED);
            } else {
                pauses.remove(lane, PauseReason.DISABLED);
            }
            if (lane.hasProbes()) {
                pauses.add(lane, PauseReason.OUTAGE);
            } else {
                pauses.remove(lane, PauseReason.OUTAGE);
            }
            limitUnremembered(lane, pauses);
            if (lane.sorted() != null) {
                limitWaiting(lane, lane.sorted(), pauses);
                continue;
            }
            records += lane.heldRecords();
            bytes += lane.heldBytes();
            inOrder++;
        }
        boolean clientFull = records >= limits.clientRecords() || bytes >= limits.clientBytes();
        boolean clientHasRoom = records <= limits.clientRecords() / 2 && bytes <= limits.clientBytes() / 2;
        for (Lane lane : assigned.values()) {
            if (lane.sorted() == null) {
                limit(lane, inOrder, clientFull, clientHasRoom, pauses);
            }
        }
    }

    private void limitUnremembered(Lane lane, Pauses pauses) {
        long unheld = lane.commit().unheld();
        boolean few = unheld <= limits.unremembered() / 2;
        if (lane.sorted() != null) {
            lane.sorted().remembersTooLittle(!few); // and parks, so that it does not come to a pause
        }
        if (unheld > limits.unremembered()) {
            pauses.add(lane, PauseReason.UNREMEMBERED);
        } else if (few) {
            pauses.remove(lane, PauseReason.UNREMEMBERED);
        }
    }

    private void limitWaiting(Lane lane, RetryHandOut sorted, Pauses pauses) {
        if (sorted.isFull()) {
            pauses.add(lane, PauseReason.WAITING);
        } else if (sorted.hasRoom()) {
            pauses.remove(lane, PauseReason.WAITING);
        }
    }

    /** Starts what waited for its time. */
    void wake(long now) {
        assigned.values().forEach(lane -> lane.wake(now));
    }

    /** When {@link #wake} is wanted next. */
    long wakesAt() {
        long first = HandOut.NEVER;
        for (Lane lane : assigned.values()) {
            first = Math.min(first, lane.wakesAt());
        }
        return first;
    }

    private void limit(Lane lane, int of, boolean clientFull, boolean clientHasRoom, Pauses pauses) {
        boolean withinShare = lane.heldRecords() < Math.max(1, limits.clientRecords() / 2 / of)
                && lane.heldBytes() < Math.max(1, limits.clientBytes() / 2 / of);
        boolean full = lane.heldRecords() >= limits.laneRecords() || lane.heldBytes() >= limits.laneBytes();
        boolean hasRoom = lane.heldRecords() <= limits.laneRecords() / 2 && lane.heldBytes() <= limits.laneBytes() / 2;
        if (full || (clientFull && !withinShare)) {
            lane.watch(true);
            pauses.add(lane, PauseReason.FULL);
        } else if (hasRoom && (clientHasRoom || withinShare)) {
            if (lane.pauses().contains(PauseReason.FULL)) {
                lane.watch(false);
                pauses.remove(lane, PauseReason.FULL);
            }
        }
    }
}
