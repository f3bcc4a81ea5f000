package io.mika.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The handler calls that run in one process. */
final class Calls {
    private final List<Polled> running = new ArrayList<>();

    /** A call that runs and must have returned before this one begins; null for none. */
    @Nullable Polled inTheWayOf(Polled record) {
        for (Polled other : running) {
            boolean waitsForIt = record.queue == null ? other == record : record.queue.equals(other.queue);
            boolean isOfEarlierAssignment = other.assignment != record.assignment;
            if (other.isOf(record.assignment.partition) && (waitsForIt || isOfEarlierAssignment)) {
                return other;
            }
        }
        return null;
    }

    void begins(Polled record) {
        running.add(record);
    }

    void ends(Polled record) {
        running.remove(record);
    }

    boolean hasAnyOf(TopicPartition partition) {
        return running.stream().anyMatch(record -> record.isOf(partition));
    }
}
