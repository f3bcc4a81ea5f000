package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import io.mika.error.MikaException;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import io.mika.record.Pointer;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the records of a partition of the retry topic or the dead letter queue: each to the consumer whose it is, when
 * it is due, past those that wait. What is another group's is passed over. <i>Owned by the poll thread</i>, but for what
 * {@link HandOut} says.
 */
final class RetryHandOut implements HandOut, WaitingQueue.Told {
    private final Lane lane;
    private final Source source;
    private final SettledRanges replayed;
    private final LaneContext context;
    private final RetryConsumers consumers;
    private final EngineEvents events;
    private final Map<RetryConsumer, RetryRunner> runners = new LinkedHashMap<>();
    /** The same, for any thread. */
    private final List<RetryRunner> allRunners = new CopyOnWriteArrayList<>();

    private final WaitingQueue unclaimed;
    /** Of them was no more to be read when they were due. */
    private int gone;

    private final Map<SkipReason, Integer> passedOn = new EnumMap<>(SkipReason.class);
    private final Parking parking;
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
        this.unclaimed = waiting(consumers.unclaimed());
        this.parking = new Parking(lane, consumers, context.nanoTime());
    }

    private WaitingQueue waiting(WaitingBudget budget) {
        return new WaitingQueue(budget, consumers.reader(), this);
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
        RetryConsumer consumer = consumers.of(failed.originalTopic());
        Optional<Pointer> pointer = failed.pointer();
        if (consumer == null || (failed.isPointer() && (pointer.isEmpty() || source != Source.DLQ))) {
            keep(unclaimed, new WaitingRecord(chunk, index, record, null, due(failed)));
            return;
        }
        Attempt attempt = new Attempt(
                consumer.binding(),
                source,
                failed.attempts() + 1,
                consumer.dispatch().gate().outage());
        WaitingRecord waiting = new WaitingRecord(chunk, index, record, attempt, due(failed));
        WaitingQueue queue = runner(consumer).waiting();
        if (pointer.isPresent()) {
            queue.add(new WaitingPlace.PointedAt(waiting, pointer.get())); // it looks like a record without a value
        } else {
            keep(queue, waiting);
        }
    }

    private void keep(WaitingQueue queue, WaitingRecord record) {
        if (!queue.add(record)) {
            record.chunk().letGo();
            lane.progressed();
        }
    }

    @Override
    public void park(WaitingRecord record) {
        if (consumers.park(record)) {
            passedOn.merge(SkipReason.PARKED, 1, Integer::sum);
        }
    }

    @Override
    public void gone(WaitingPlace place) {
        if (place instanceof WaitingPlace.PointedAt pointed) {
            events.error(new MikaException("the record " + place.partition() + "@" + place.offset()
                    + ", which is in the dead letter queue as a pointer only, is gone, or another is in its place"));
            passOn(pointed.failed());
        } else if (place.chunk().move(place.index(), SettleState.WAITING, SettleState.ACKED)) {
            gone++;
        }
    }

    /**
     * From the dead letter queue at once: whoever consumes that does not wait for a retry. What is left to wait is
     * known before the time it counts from: a thread that stops in between makes a record late, never early.
     */
    private long due(FailureHeaders failed) {
        Optional<Instant> notBefore = source == Source.RETRY ? failed.notBefore() : Optional.empty();
        long left = notBefore
                .map(time -> Math.max(0, time.toEpochMilli() - consumers.wallMillis()))
                .orElse(0L);
        return context.nanoTime() + Nanos.ofMillis(left);
    }

    private RetryRunner runner(RetryConsumer consumer) {
        return runners.computeIfAbsent(consumer, missing -> {
            RetryRunner made = new RetryRunner(lane, consumer, waiting(consumer.waiting()), context);
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
        unclaimed.advance(now);
        for (WaitingRecord next = unclaimed.takeDue(now); next != null; next = unclaimed.takeDue(now)) {
            passOn(next);
        }
        passedOn.forEach((reason, records) -> events.skipped(lane.partition(), reason, records));
        passedOn.clear();
        skipped(SkipReason.GONE, gone);
        gone = 0;
    }

    private void passOn(WaitingRecord record) {
        passedOn.merge(consumers.passOn(record, source), 1, Integer::sum);
    }

    @Override
    public long wakesAt() {
        if (stopped) {
            return NEVER;
        }
        long first = unclaimed.wakesAt();
        for (RetryRunner runner : runners.values()) {
            first = Math.min(first, runner.wakesAt());
        }
        return first;
    }

    /** Whether so much waits for one of its consumers that nothing more is polled here. */
    boolean isFull() {
        return consumers.unclaimed().isSpent()
                || runners.keySet().stream()
                        .anyMatch(consumer -> consumer.waiting().isSpent());
    }

    /** Whether so little waits for each of them that polling goes on. */
    boolean hasRoom() {
        return consumers.unclaimed().hasRoom()
                && runners.keySet().stream()
                        .allMatch(consumer -> consumer.waiting().hasRoom());
    }

    @Override
    public void nudge() {
        allRunners.forEach(RetryRunner::startAgain);
        if (source == Source.RETRY && !stopped) {
            long now = context.nanoTime();
            parking.due(now).forEach(which -> park(which, now));
        }
    }

    private void park(WaitingQueue.Parked which, long now) {
        runners.values().forEach(runner -> runner.park(which, now, this::park));
        unclaimed.park(which, now);
    }

    /** So many records are settled above what waits here that a commit can hardly say which. */
    void remembersTooLittle(boolean now) {
        parking.remembersTooLittle(now);
    }

    @Override
    public void roomFor(int open) {
        allRunners.forEach(RetryRunner::settled);
    }

    @Override
    public void again(WaitingRecord record) {
        Engine.Binding binding = record.next().binding();
        allRunners.stream().filter(runner -> runner.isOf(binding)).forEach(runner -> runner.again(record));
    }

    @Override
    public void stop() {
        stopped = true;
        runners.values().forEach(RetryRunner::forget);
        unclaimed.clear();
    }

    @Override
    public boolean isDisabled() {
        return false; // one consumer's records wait, the others' go on
    }

    @Override
    public boolean hasProbes() {
        return false; // the same
    }

    /** The longest of its consumers'. */
    @Override
    public Duration ackDeadline() {
        return runners.keySet().stream()
                .map(consumer -> consumer.binding().options().ackDeadline())
                .max(Comparator.naturalOrder())
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
