package io.mika.engine;

import io.mika.engine.Lookups.LogRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Moves positions: to the start that was found, and away from offsets that the log does not have. Rather delivers
 * again than skips. <i>Owned by the poll thread.</i>
 */
final class Repositioning {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Where a lane waits: in one commit epoch, it is out of range once. */
    private record Place(Lane lane, int commitEpoch) {
        static Place of(Lane lane) {
            return new Place(lane, lane.commit().epoch());
        }
    }

    private final LoopContext context;
    private final Lookups lookups;
    private final Lanes lanes;
    private final KafkaPoller poller;
    private final Pauses pauses;
    /** The leader knows nothing of their leader epoch, and asked again says so again: it is another log. */
    private final Map<TopicPartition, Place> ofUnknownEpoch = new HashMap<>();

    private boolean asking;
    private long notBefore;

    Repositioning(LoopContext context, Lookups lookups, Lanes lanes, KafkaPoller poller, Pauses pauses) {
        this.context = context;
        this.lookups = lookups;
        this.lanes = lanes;
        this.poller = poller;
        this.pauses = pauses;
        this.notBefore = context.nanoTime();
    }

    /** The lane's start is settled: its records come from here on. */
    void begin(Lane lane) {
        poller.seek(lane.partition(), lane.position().withText(""));
        lane.run();
        pauses.remove(lane, PauseReason.STARTING);
    }

    /**
     * Of topics that were created in the place of others: they begin as any do, and nothing is handed out before the
     * brokers confirmed where, for they have forgotten what was committed of the others.
     */
    void toTheBeginning(List<Lane> created) {
        for (Lane lane : created) {
            lane.confirmStart();
            pauses.add(lane, PauseReason.STARTING);
            moveBack(lane, new Mark(0, Mark.NO_EPOCH));
        }
        if (!created.isEmpty()) { // the group may be left already
            pauses.applyAll(context.nanoTime()); // a rebalance may go on to a fetch
        }
    }

    /** A poll said that positions are out of range: those partitions wait until it is known where they go on. */
    void outOfRange(OffsetOutOfRangeException error) {
        Map<TopicPartition, OffsetAndMetadata> divergent =
                error instanceof LogTruncationException truncated ? truncated.divergentOffsets() : Map.of();
        for (TopicPartition partition : error.offsetOutOfRangePartitions().keySet()) {
            Lane lane = lanes.get(partition);
            if (lane == null) {
                continue;
            }
            OffsetAndMetadata diverged = divergent.get(partition);
            if (diverged != null) {
                moveBack(lane, Mark.of(diverged));
            } else {
                if (error instanceof LogTruncationException) {
                    ofUnknownEpoch.put(partition, Place.of(lane));
                }
                pauses.add(lane, PauseReason.REPOSITIONING);
            }
        }
    }

    void advance(long now) {
        Map<TopicPartition, Place> waiting = new HashMap<>();
        for (Lane lane : lanes) {
            if (lane.pauses().contains(PauseReason.REPOSITIONING)) {
                waiting.put(lane.partition(), Place.of(lane));
            }
        }
        if (waiting.isEmpty() || asking || now - notBefore < 0) {
            return;
        }
        asking = true;
        var unused = lookups.ranges(waiting.keySet())
                .whenComplete((ranges, error) -> context.command(() -> {
                    asking = false;
                    notBefore = context.nanoTime() + AGAIN_NANOS;
                    if (error != null) {
                        context.lookupFailed("where its partitions go on", error);
                    } else {
                        ranges.forEach((partition, log) -> reposition(partition, waiting.get(partition), log));
                    }
                }));
    }

    private void reposition(TopicPartition partition, @Nullable Place asked, LogRange log) {
        Lane lane = lanes.get(partition);
        boolean waits = lane != null && lane.pauses().contains(PauseReason.REPOSITIONING);
        if (lane == null || !waits) {
            return;
        }
        Place now = Place.of(lane);
        if (!now.equals(asked)) {
            return; // what is known of where it was says nothing of where it is, perhaps in another topic
        }
        long position = lane.position().offset();
        boolean isChecked = lane.position().epoch() != Mark.NO_EPOCH && !now.equals(ofUnknownEpoch.get(partition));
        if (position < log.earliest()) {
            context.events().expired(partition, position, log.earliest());
            lane.resetTo(new Mark(log.earliest(), Mark.NO_EPOCH));
            goOn(lane);
        } else if (position > log.latest() || !isChecked) {
            // Within the log by now, it was above its end: what lies below may be other records than were read. With a
            // leader epoch Kafka checks that, without one nobody does
            moveBack(lane, new Mark(log.earliest(), Mark.NO_EPOCH));
        } else {
            goOn(lane);
        }
    }

    private void moveBack(Lane lane, Mark to) {
        lane.resetTo(to);
        lane.commit().beginEpoch();
        long held = lane.commit().held();
        if (to.offset() < held) {
            context.events().rewound(lane.partition(), held, to.offset());
        }
        context.commitAtOnce();
        goOn(lane);
    }

    private void goOn(Lane lane) {
        poller.seek(lane.partition(), lane.position().withText(""));
        pauses.remove(lane, PauseReason.REPOSITIONING);
    }
}
