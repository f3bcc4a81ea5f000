package io.mika.engine;

import io.mika.event.Explanation;
import io.mika.event.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What others can see of the engine: the poll thread draws a picture once a second, anybody looks at the last one. So
 * looking never waits, not even for a poll thread that hangs. <i>Thread-safe</i>, but for {@link #draw}.
 */
final class Sight {
    private static final long DRAW_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A poll thread that did not draw for so long hangs in a call of Kafka's. */
    private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String clientId;
    private final EngineEvents events;
    private final Closing closing;
    private final Map<String, Gate> gates;
    private final Writes writes;
    private final LongSupplier clock;
    private final LongSupplier wallClock;
    private final Deadlines deadlines;

    private long drawnAt;
    private volatile @Nullable Picture picture;

    private record Picture(Explanation explanation, List<String> stuck, long at) {}

    Sight(
            String clientId,
            EngineEvents events,
            Closing closing,
            Map<String, Gate> gates,
            Writes writes,
            Deadlines deadlines,
            LongSupplier clock,
            LongSupplier wallClock) {
        this.clientId = clientId;
        this.events = events;
        this.closing = closing;
        this.gates = gates;
        this.writes = writes;
        this.deadlines = deadlines;
        this.clock = clock;
        this.wallClock = wallClock;
        this.drawnAt = clock.getAsLong() - DRAW_NANOS;
    }

    /** The poll thread's, once a turn: draws if it is time. */
    void draw(Lanes lanes, KafkaPoller poller, long now) {
        if (now - drawnAt < DRAW_NANOS) {
            return;
        }
        drawnAt = now;
        events.writeOutcomes(now);
        List<String> stuck = deadlines.look(lanes, now);
        List<Explanation.Partition> partitions = new ArrayList<>();
        for (Lane lane : lanes) {
            partitions.add(partition(lane, lane.oldestOpen(), poller, now));
        }
        picture = new Picture(explanation(partitions), stuck, now);
    }

    private Explanation.Partition partition(Lane lane, @Nullable OpenRecord oldest, KafkaPoller poller, long now) {
        Set<String> pausedBy = lane.pauses().stream()
                .map(reason -> reason.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.toCollection(TreeSet::new));
        long confirmed = lane.commit().highest();
        return new Explanation.Partition(
                events.named(lane.partition()),
                lane.watermark().offset(),
                lag(lane, poller),
                oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.offset()),
                oldest == null ? Duration.ZERO : oldest.age(now),
                lane.heldRecords(),
                lane.commit().isRemembered() ? lane.commit().unheld() : lane.settledRecordsFrom(-1),
                pausedBy,
                confirmed < 0 ? OptionalLong.empty() : OptionalLong.of(confirmed));
    }

    /** To the end that Kafka's consumer heard of last; beyond its position by what is not settled. */
    private static OptionalLong lag(Lane lane, KafkaPoller poller) {
        OptionalLong ahead = poller.currentLag(lane.partition());
        return ahead.isEmpty() || lane.phase() != Lane.Phase.RUNNING
                ? OptionalLong.empty()
                : OptionalLong.of(
                        Math.max(0, lane.position().offset() - lane.watermark().offset() + ahead.getAsLong()));
    }

    private Explanation explanation(List<Explanation.Partition> partitions) {
        return new Explanation(
                clientId, state(), Instant.ofEpochMilli(wallClock.getAsLong()), partitions, writes.explain(events));
    }

    private String state() {
        if (closing.report().isDone()) {
            return "closed";
        }
        return closing.isRequested() ? "closing" : picture == null ? "starting" : "running";
    }

    Explanation explain() {
        Picture last = picture;
        if (last == null || closing.report().isDone()) {
            return explanation(List.of());
        }
        return last.explanation();
    }

    Health health() {
        List<String> reasons = new ArrayList<>();
        Picture last = picture;
        if (closing.report().isDone()) {
            closing.report()
                    .join()
                    .cause()
                    .ifPresentOrElse(cause -> reasons.add("closed by an error: " + cause), () -> reasons.add("closed"));
        } else if (last == null) {
            reasons.add("not started yet");
        } else {
            long silent = clock.getAsLong() - last.at();
            if (silent > HANGS_NANOS) {
                reasons.add("the poll thread hangs for " + TimeUnit.NANOSECONDS.toSeconds(silent) + " s");
            }
            reasons.addAll(last.stuck());
            gates.forEach((topic, gate) -> {
                if (gate.isInOutage()) {
                    reasons.add("outage: nothing of consumer " + topic + " succeeds");
                }
            });
            writes.explain(events)
                    .forEach(queue -> queue.error()
                            .ifPresent(error -> reasons.add("writes to " + queue.topic() + " fail: " + error)));
        }
        return Health.of(reasons);
    }
}
