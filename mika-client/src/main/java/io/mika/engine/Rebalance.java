package io.mika.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What happens when partitions come and go. Kafka calls it within {@code poll}. <i>Owned by the poll thread.</i>
 *
 * <p>Timing safety: while revoked lanes drain, the poll thread waits here, and serves the settlements and commands of
 * all lanes meanwhile; the other lanes' runners go on with what they have.
 */
final class Rebalance implements ConsumerRebalanceListener {
    /** How long a single wait lasts; a settlement ends it. */
    private static final Duration TICK = Duration.ofMillis(100);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final LoopContext context;
    private final Mailbox mailbox;
    private final Lanes lanes;
    private final KafkaPoller poller;
    private final Pauses pauses;
    private final Commits commits;
    private final Closing closing;
    private final Duration drainTimeout;
    private final Function<TopicPartition, Lane> newLane;

    Rebalance(
            LoopContext context,
            Mailbox mailbox,
            PollParts parts,
            Closing closing,
            Duration drainTimeout,
            Function<TopicPartition, Lane> newLane) {
        this.context = context;
        this.mailbox = mailbox;
        this.lanes = parts.lanes();
        this.poller = parts.poller();
        this.pauses = parts.pauses();
        this.commits = parts.commits();
        this.closing = closing;
        this.drainTimeout = drainTimeout;
        this.newLane = newLane;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            lanes.of(List.of(partition)).forEach(this::forget);
            Lane lane = newLane.apply(partition);
            lanes.add(lane);
            // With no reset policy a partition without a position makes every poll throw: a provisional one, paused
            poller.seek(partition, new OffsetAndMetadata(0));
            pauses.add(lane, PauseReason.STARTING);
            if (closing.isRequested()) {
                lane.stop();
                pauses.add(lane, PauseReason.DRAINING);
            }
        }
        pauses.applyAll(context.nanoTime());
        if (!partitions.isEmpty()) {
            context.events().assigned(partitions);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        List<Lane> revoked = lanes.of(partitions);
        if (revoked.isEmpty()) {
            return;
        }
        revoked.forEach(Lane::stop);
        boolean drained = drain(revoked);
        revoked.forEach(Lane::discard);
        commits.commitSync(revoked, atMost(COMMIT_TIMEOUT));
        revoked.forEach(lanes::remove);
        context.events().revoked(partitions, drained);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        List<Lane> lost = lanes.of(partitions);
        commits.suspend();
        lost.forEach(this::forget);
        if (!lost.isEmpty()) {
            context.events().lost(partitions);
        }
    }

    private void forget(Lane lane) {
        lane.discard();
        lanes.remove(lane);
    }

    /** Waits for what was handed to a handler and is not stuck; true if nothing of it is open any more. */
    private boolean drain(List<Lane> revoked) {
        long now = context.nanoTime();
        long until = now + atMost(drainTimeout).toNanos();
        // The last look may be long ago: what was handed out since would pass for as old
        revoked.forEach(lane -> lane.look(now));
        while (revoked.stream().anyMatch(lane -> lane.isWorthWaitingFor(context.nanoTime()))) {
            long left = Math.min(until - context.nanoTime(), closing.remaining());
            if (left <= 0) {
                return false;
            }
            mailbox.await(Math.min(left, TICK.toNanos()));
            mailbox.takeAll();
            context.meanwhile();
            lanes.sweepProgressed();
        }
        return revoked.stream().noneMatch(Lane::hasHandedOpen);
    }

    private Duration atMost(Duration wanted) {
        Duration left = Duration.ofNanos(closing.remaining());
        return left.compareTo(wanted) < 0 ? left : wanted;
    }
}
