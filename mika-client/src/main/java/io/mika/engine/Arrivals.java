package io.mika.engine;

import io.mika.event.SkipReason;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Gives the lanes what a poll brought, and says how far it went. <i>Owned by the poll thread.</i> */
final class Arrivals {
    private final Lanes lanes;
    private final Limits limits;
    private final EngineEvents events;
    private final @Nullable DlqPass dlqPass;
    private boolean warnedOfNextOffsets;

    Arrivals(Lanes lanes, Limits limits, EngineEvents events, @Nullable DlqPass dlqPass) {
        this.lanes = lanes;
        this.limits = limits;
        this.events = events;
        this.dlqPass = dlqPass;
    }

    void handOver(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
        for (TopicPartition partition : records.partitions()) {
            Lane lane = running(partition);
            if (lane == null) {
                continue; // nothing is handed out before the start is settled
            }
            List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
            int settled = lane.offer(withinPass(partition, polled), limits);
            if (settled > 0) {
                events.skipped(partition, SkipReason.SETTLED_BEFORE, settled);
            }
            if (!next.containsKey(partition)) {
                advance(lane, after(polled.get(polled.size() - 1)));
            }
        }
        next.forEach((partition, position) -> {
            Lane lane = running(partition);
            if (lane != null) {
                advance(lane, Mark.of(position));
            }
        });
    }

    private @Nullable Lane running(TopicPartition partition) {
        Lane lane = lanes.get(partition);
        return lane == null || lane.phase() != Lane.Phase.RUNNING ? null : lane;
    }

    /** What lies behind the end of the pass over the dead letter queue is neither handed out nor committed past. */
    private List<ConsumerRecord<byte[], byte[]>> withinPass(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> polled) {
        if (dlqPass == null || !dlqPass.isOf(partition)) {
            return polled;
        }
        long bound = dlqPass.bound(partition);
        return polled.stream().filter(record -> record.offset() < bound).toList();
    }

    private void advance(Lane lane, Mark position) {
        if (dlqPass != null && dlqPass.isOf(lane.partition())) {
            long bound = dlqPass.bound(lane.partition());
            if (position.offset() > bound) {
                // Not back: whoever committed beyond the end of this pass did so in another one
                if (bound > lane.position().offset()) {
                    lane.advanceTo(new Mark(bound, Mark.NO_EPOCH));
                }
                return;
            }
        }
        lane.advanceTo(position);
    }

    private Mark after(ConsumerRecord<byte[], byte[]> last) {
        if (!warnedOfNextOffsets) {
            warnedOfNextOffsets = true;
            events.error(new IllegalStateException("a poll came without its next offsets, as an interceptor that makes"
                    + " ConsumerRecords anew leaves it; gaps are found late"));
        }
        return new Mark(last.offset() + 1, last.leaderEpoch().orElse(Mark.NO_EPOCH));
    }
}
