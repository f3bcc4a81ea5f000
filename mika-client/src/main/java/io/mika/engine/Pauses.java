package io.mika.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps what is paused in step with what the lanes want: at most one {@code pause} and one {@code resume} per turn,
 * none without a difference. <i>Owned by the poll thread.</i>
 */
final class Pauses {
    private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final KafkaPoller poller;
    private final Lanes lanes;
    private boolean changed = true;
    private long checkedAt;

    Pauses(KafkaPoller poller, Lanes lanes) {
        this.poller = poller;
        this.lanes = lanes;
    }

    void add(Lane lane, PauseReason reason) {
        changed |= lane.pauses().add(reason);
    }

    void remove(Lane lane, PauseReason reason) {
        changed |= lane.pauses().remove(reason);
    }

    /** Applies the lanes' wishes if one changed, and for all once a second: a rebalance may have dropped some. */
    void apply(long now) {
        if (changed || now - checkedAt >= RECHECK_NANOS) {
            applyAll(now);
        }
    }

    /** Applies the lanes' wishes now; after a rebalance that is before the first fetch. */
    void applyAll(long now) {
        changed = false;
        checkedAt = now;
        Set<TopicPartition> assigned = poller.assignment();
        Set<TopicPartition> paused = poller.paused();
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (Lane lane : lanes) {
            TopicPartition partition = lane.partition();
            boolean wanted = !lane.pauses().isEmpty();
            if (assigned.contains(partition) && wanted != paused.contains(partition)) {
                (wanted ? pause : resume).add(partition);
            }
        }
        if (!pause.isEmpty()) {
            poller.pause(pause);
        }
        if (!resume.isEmpty()) {
            poller.resume(resume);
        }
    }
}
