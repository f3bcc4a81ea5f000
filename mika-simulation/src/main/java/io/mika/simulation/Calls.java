package io.mika.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The handler calls that run in one process, each with the records that it was given. */
final class Calls {
    private final List<List<Polled>> running = new ArrayList<>();

    /** What a call has that must have returned before this record is handed out; null for none. */
    @Nullable Polled inTheWayOf(Polled record) {
        for (List<Polled> call : running) {
            for (Polled other : call) {
                if (other.isOf(record.assignment.partition) && isInTheWay(other, record)) {
                    return other;
                }
            }
        }
        return null;
    }

    private static boolean isInTheWay(Polled other, Polled record) {
        if (other.assignment != record.assignment) {
            return !other.isWaitedForNoMore(); // a handler that is stuck does not hold its partition for ever
        }
        return record.queue != null && record.queue.equals(other.queue);
    }

    /** How many of one consumer run. */
    int count(String topic) {
        int count = 0;
        for (List<Polled> call : running) {
            count += call.get(0).topic().equals(topic) ? 1 : 0;
        }
        return count;
    }

    void begins(List<Polled> records) {
        running.add(records);
    }

    void ends(List<Polled> records) {
        running.remove(records);
    }

    boolean isOf(Polled record) {
        for (List<Polled> call : running) {
            if (call.contains(record)) {
                return true;
            }
        }
        return false;
    }

    boolean hasAnyOf(TopicPartition partition) {
        for (List<Polled> call : running) {
            for (Polled record : call) {
                if (record.isOf(partition)) {
                    return true;
                }
            }
        }
        return false;
    }
}
