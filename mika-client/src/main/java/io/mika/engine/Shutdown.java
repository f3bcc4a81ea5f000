package io.mika.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * The poll loop's part of closing: drain, commit, leave. The loop goes on polling meanwhile, with everything paused,
 * which keeps the membership alive and lets a rebalance under way end, without which no commit is taken. <i>Owned by
 * the poll thread.</i>
 */
final class Shutdown {
    private static final Duration LOOKUPS_TIMEOUT = Duration.ofSeconds(1);
    /** At least so much of the time is kept for leaving the group. */
    private static final long LEAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private enum Phase {
        RUNNING,
        DRAINING,
        COMMITTING
    }

    private final Engine.Config config;
    private final PollParts poll;
    private final Lookups lookups;
    private final Closing closing;
    private final EngineEvents events;
    private final Map<TopicPartition, Long> lastCommits = new HashMap<>();
    private List<OpenRecord> abandoned = List.of();
    private Phase phase = Phase.RUNNING;
    private boolean drained;
    private long commitRemaining;

    Shutdown(Engine.Config config, PollParts poll, Lookups lookups, Closing closing, EngineEvents events) {
        this.config = config;
        this.poll = poll;
        this.lookups = lookups;
        this.closing = closing;
        this.events = events;
    }

    /** Goes as far as it can this turn; true when the client is closed. */
    boolean advance() {
        stopNew();
        if (phase == Phase.RUNNING) {
            phase = Phase.DRAINING;
        }
        poll.lanes().sweepProgressed();
        noteCommits();
        if (phase == Phase.DRAINING) {
            drain();
        }
        closing.reached(new Closing.Progress(drained, open(), Map.copyOf(lastCommits), false));
        if (phase == Phase.COMMITTING && isCommitted()) {
            leave();
            return true;
        }
        return false;
    }

    /** Also what a rebalance brings during the closing. */
    private void stopNew() {
        for (Lane lane : poll.lanes()) {
            if (!lane.pauses().contains(PauseReason.DRAINING)) {
                lane.stop();
                poll.pauses().add(lane, PauseReason.DRAINING);
            }
        }
    }

    private void drain() {
        drained = poll.lanes().all().stream().noneMatch(Lane::hasHandedOpen);
        if (drained || closing.drainRemaining() <= 0) {
            abandoned = open();
            poll.lanes().all().forEach(Lane::discard);
            phase = Phase.COMMITTING;
            commitRemaining = Math.min(LEAVE_NANOS, closing.remaining() / 2);
            poll.commits().atOnce();
        }
    }

    private boolean isCommitted() {
        return config.group() == null
                || closing.remaining() <= commitRemaining
                || !poll.commits().isOutstanding(poll.lanes().all());
    }

    private void leave() {
        poll.lanes().all().forEach(poll.lanes()::remove);
        boolean left = false;
        try {
            poll.poller().close(Duration.ofNanos(closing.remaining()));
            left = config.group() != null && closing.remaining() > 0;
        } catch (RuntimeException failed) {
            events.error(failed);
        }
        closing.reached(new Closing.Progress(drained, abandoned, Map.copyOf(lastCommits), left));
        long rest = Math.min(LOOKUPS_TIMEOUT.toNanos(), closing.remaining());
        lookups.close(Duration.ofNanos(rest));
    }

    /** The report was given without us, at the deadline: ends what would go on after it, and commits nothing. */
    void abandon() {
        poll.lanes().all().forEach(Lane::discard);
        poll.lanes().all().forEach(poll.lanes()::remove);
        try {
            poll.poller().close(Duration.ZERO);
        } catch (RuntimeException failed) {
            events.error(failed);
        }
        lookups.close(Duration.ZERO);
    }

    private void noteCommits() {
        lastCommits.clear(); // of what is owned now: others may have gone on with what was lost
        for (Lane lane : poll.lanes()) {
            if (lane.commit().highest() >= 0) {
                lastCommits.put(lane.partition(), lane.commit().highest());
            }
        }
    }

    private List<OpenRecord> open() {
        if (phase == Phase.COMMITTING) {
            return abandoned;
        }
        List<OpenRecord> open = new ArrayList<>();
        poll.lanes().forEach(lane -> open.addAll(lane.handedOpen()));
        return open;
    }
}
