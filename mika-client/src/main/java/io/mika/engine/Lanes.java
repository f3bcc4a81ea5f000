package io.mika.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of the partitions that are assigned now, and how much they may hold together. <i>Owned by the poll
 * thread.</i>
 */
final class Lanes implements Iterable<Lane> {
    private final Map<TopicPartition, Lane> assigned = new LinkedHashMap<>();
    private final Map<TopicPartition, Lane> departed = new LinkedHashMap<>();
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

    /** The lane is over; it is remembered for as long as a handler of it may run. */
    void remove(Lane lane) {
        if (assigned.remove(lane.partition(), lane)) {
            lane.release();
            departed.put(lane.partition(), lane);
        }
    }

    /** Whether a handler of an earlier assignment of the partition still runs here. */
    boolean isStillHandledFromBefore(TopicPartition partition) {
        Lane before = departed.get(partition);
        if (before == null) {
            return false;
        }
        if (before.isHandling()) {
            return true;
        }
        departed.remove(partition);
        return false;
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
        if (assigned.isEmpty()) {
            return;
        }
        long records = 0;
        long bytes = 0;
        for (Lane lane : assigned.values()) {
            records += lane.heldRecords();
            bytes += lane.heldBytes();
        }
        boolean clientFull = records >= limits.clientRecords() || bytes >= limits.clientBytes();
        boolean clientHasRoom = records <= limits.clientRecords() / 2 && bytes <= limits.clientBytes() / 2;
        for (Lane lane : assigned.values()) {
            limit(lane, clientFull, clientHasRoom, pauses);
        }
    }

    private void limit(Lane lane, boolean clientFull, boolean clientHasRoom, Pauses pauses) {
        boolean withinShare = lane.heldRecords() < Math.max(1, limits.clientRecords() / 2 / assigned.size())
                && lane.heldBytes() < Math.max(1, limits.clientBytes() / 2 / assigned.size());
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
