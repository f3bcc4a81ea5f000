package io.mika.simulation;

import io.mika.engine.Limits;
import java.util.HashMap;
import java.util.Map;

/** How much a member holds when a poll begins, and so of which partitions the poll may bring more. */
final class Budget {
    private final Limits limits;
    private final Map<Assignment, Integer> records = new HashMap<>();
    private final Map<Assignment, Long> bytes = new HashMap<>();
    private int allRecords;
    private long allBytes;

    Budget(Member member) {
        this.limits = member.world.plan.limits();
        for (Assignment assignment : member.assignments.values()) {
            if (!assignment.ended && !assignment.isSorted()) {
                records.put(assignment, assignment.open());
                bytes.put(assignment, assignment.openBytes());
                allRecords += assignment.open();
                allBytes += assignment.openBytes();
            }
        }
    }

    /** Neither its partition nor the client is full, or it has less than its share. */
    boolean hasRoom(Assignment assignment) {
        int held = records.getOrDefault(assignment, 0);
        long heldBytes = bytes.getOrDefault(assignment, 0L);
        boolean laneIsFull = held >= limits.laneRecords() || heldBytes >= limits.laneBytes();
        boolean clientIsFull = allRecords >= limits.clientRecords() || allBytes >= limits.clientBytes();
        int of = Math.max(1, records.size());
        boolean isWithinShare = held < Math.max(1, limits.clientRecords() / 2 / of)
                && heldBytes < Math.max(1, limits.clientBytes() / 2 / of);
        return !laneIsFull && (!clientIsFull || isWithinShare);
    }
}
