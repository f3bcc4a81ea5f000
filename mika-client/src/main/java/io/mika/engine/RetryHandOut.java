package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the records of a partition of the retry topic or the dead letter queue: each to the consumer whose it is, when
 * it is due, past those that wait. What is another group's is passed over. <i>Owned by the poll thread</i>, but for what
 * {@link HandOut} says.
 */
final class RetryHandOut implements HandOut {
    private final Lane lane;
    private final Source source;
    private final SettledRanges replayed;
    private final LaneContext context;
    private final RetryConsumers consumers;
    private final EngineEvents events;
    private final Map<RetryConsumer, RetryRunner> runners = new LinkedHashMap<>();
    /** The same, for any thread. */
    private final List<RetryRunner> allRunners = new CopyOnWriteArrayList<>();

    private final PriorityQueue<WaitingRecord> unclaimed =
            new PriorityQueue<>(Comparator.comparingLong(WaitingRecord::due));
    private boolean stopped;

    /** @param replayed what is passed over, for a replay has taken it */
    RetryHandOut(
            Lane lane,
            Source source,
            SettledRanges replayed,
            LaneContext context,
            RetryConsumers consumers,
            EngineEvents events) {
        this.lane = lane;
        this.source = source;
        this.replayed = replayed;
        this.context = context;
        this.consumers = consumers;
        this.events = events;
    }

    @Override
    public void enqueue(Chunk chunk) {
        chunk.startedAt(context.nanoTime());
        int foreign = 0;
        int taken = 0;
        for (int index = 0; index < chunk.size; index++) {
            ConsumerRecord<byte[], byte[]> record = chunk.record(index);
            if (record == null || chunk.state(index).isSettled()) {
                continue;
            }
            Optional<FailureHeaders> failed = FailureHeaders.owns(record.headers(), consumers.group())
                    ? FailureHeaders.read(record.headers(), consumers.group())
                    : Optional.empty();
            if (failed.isEmpty()) {
                chunk.move(index, SettleState.WAITING, SettleState.ACKED);
                foreign++;
            } else if (replayed.contains(record.offset(), record.leaderEpoch().orElse(SettledRanges.NO_EPOCH))) {
                chunk.move(index, SettleState.WAITING, SettleState.ACKED);
                taken++;
            } else {
                sort(chunk, index, record, failed.get());
            }
        }
        skipped(SkipReason.OTHER_GROUP, foreign);
        skipped(SkipReason.REPLAYED, taken);
    }

    private void skipped(SkipReason reason, int records) {
        if (records > 0) {
            lane.progressed();
            events.skipped(lane.partition(), reason, records);
        }
    }

    private void sort(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record, FailureHeaders failed) {
        // A pointer looks like a record without a value, and is never handed to anybody
        RetryConsumer consumer = failed.isPointer() ? null : consumers.of(failed.originalTopic());
        if (consumer == null) {
            WaitingRecord waiting = new WaitingRecord(chunk, index, record, null, due(failed));
            unclaimed.add(waiting);
            consumers.unclaimed().add(waiting);
        } else {
            Attempt attempt = new Attempt(consumer.binding(), source, failed.attempts() + 1, 0);
            runner(consumer).wait(new WaitingRecord(chunk, index, record, attempt, due(failed)));
        }
    }

    /** From the dead letter queue at once: whoever consumes that does not wait for a retry. */
    private long due(FailureHeaders failed) {
        long now = context.nanoTime();
        Optional<Instant> notBefore = source == Source.RETRY ? failed.notBefore() : Optional.empty();
        return notBefore
                .map(time -> now + Nanos.ofMillis(Math.max(0, time.toEpochMilli() - consumers.wallMillis())))
                .orElse(now);
    }

    private RetryRunner runner(RetryConsumer consumer) {
        return runners.computeIfAbsent(consumer, missing -> {
            RetryRunner made = new RetryRunner(lane, consumer, context);
            allRunners.add(made);
            return made;
        });
    }

    @Override
    public void activate() {
        wake(context.nanoTime());
    }

    @Override
    public void wake(long now) {
        if (!stopped) {
            runners.values().forEach(runner -> runner.wake(now));
            passOnUnclaimed(now);
        }
    }

    private void passOnUnclaimed(long now) {
        Map<SkipReason, Integer> skipped = new EnumMap<>(SkipReason.class);
        for (WaitingRecord next = unclaimed.peek(); next != null && now - next.due() >= 0; next = unclaimed.peek()) {
            unclaimed.remove();
            consumers.unclaimed().remove(next);
            skipped.merge(consumers.passOn(next, source), 1, Integer::sum);
        }
        skipped.forEach((reason, records) -> events.skipped(lane.partition(), reason, records));
    }

    @Override
    public long wakesAt() {
        if (stopped) {
            return NEVER;
        }
        WaitingRecord nobodys = unclaimed.peek();
        long first = nobodys == null ? NEVER : nobodys.due();
        for (RetryRunner runner : runners.values()) {
            first = Math.min(first, runner.wakesAt());
        }
        return first;
    }

    /** Whether so much waits for one of its consumers that nothing more is polled here. */
    boolean isFull(Limits limits) {
        return consumers.unclaimed().isSpent(limits)
                || runners.keySet().stream()
                        .anyMatch(consumer -> consumer.waiting().isSpent(limits));
    }

    /** Whether so little waits for each of them that polling goes on. */
    boolean hasRoom(Limits limits) {
        return consumers.unclaimed().hasRoom(limits)
                && runners.keySet().stream()
                        .allMatch(consumer -> consumer.waiting().hasRoom(limits));
    }

    @Override
    public void nudge() {
        allRunners.forEach(RetryRunner::startAgain);
    }

    @Override
    public void roomFor(int open) {
        allRunners.forEach(RetryRunner::settled);
    }

    @Override
    public void again(WaitingRecord record) {
        throw new IllegalStateException("records of " + lane.partition() + " are not retried in place");
    }

    @Override
    public void stop() {
        stopped = true;
        runners.values().forEach(RetryRunner::forget);
        unclaimed.forEach(consumers.unclaimed()::remove);
        unclaimed.clear();
    }

    @Override
    public boolean isDisabled() {
        return false; // one consumer's records wait, the others' go on
    }

    /** The shortest of its consumers'. */
    @Override
    public Duration ackDeadline() {
        return runners.keySet().stream()
                .map(consumer -> consumer.binding().options().ackDeadline())
                .min(Comparator.naturalOrder())
                .orElse(ConsumerOptions.DEFAULT_ACK_DEADLINE);
    }

    @Override
    public @Nullable Thread handler() {
        return null; // each delivery knows its own
    }

    @Override
    public boolean isHandling() {
        return allRunners.stream().anyMatch(RetryRunner::isWorking);
    }
}
