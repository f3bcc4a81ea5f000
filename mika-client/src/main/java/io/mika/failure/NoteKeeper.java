package io.mika.failure;

import io.mika.record.SettledRanges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes the note of one replay. Each write reads what is there and adds to it, so that replays that began at the same
 * moment lose nothing of each other's. <i>For one thread at a time.</i>
 */
final class NoteKeeper {
    private static final long CHANGED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RepeatedAsk ask;
    private final ReplayLookups lookups;
    private final String noteGroup;
    private final String topic;
    private final ReplayLookups.Queue queue;
    private final String runId;
    private final QueueWatch watch;
    private final LongSupplier wallClock;
    private final Map<TopicPartition, SettledRanges.Builder> added = new HashMap<>();
    private ReplayNote mine = ReplayNote.NONE;
    private boolean writing;
    private long writtenAt;

    NoteKeeper(
            RepeatedAsk ask,
            ReplayLookups lookups,
            String noteGroup,
            String topic,
            ReplayLookups.Queue queue,
            String runId,
            QueueWatch watch,
            LongSupplier wallClock) {
        this.ask = ask;
        this.lookups = lookups;
        this.noteGroup = noteGroup;
        this.topic = topic;
        this.queue = queue;
        this.runId = runId;
        this.watch = watch;
        this.wallClock = wallClock;
    }

    void replayed(TopicPartition partition, SettledRanges.Range range) {
        added.computeIfAbsent(partition, missing -> SettledRanges.builder())
                .add(range.from(), range.to(), range.epoch());
    }

    boolean isWriting() {
        return writing;
    }

    /** Whether something is to be noted, or a sign of life is due. */
    boolean isDue(long now) {
        return !writing && now - writtenAt >= (added.isEmpty() ? ALIVE_NANOS : CHANGED_NANOS);
    }

    /**
     * Writes what was replayed so far, unless the queue is found to be gone: what would be written is of no use then,
     * and would take the place of what is noted of another one. Not while writing.
     *
     * @param alive whether the replay goes on
     * @param then is told whether the note is still this replay's: another one that is alive keeps it
     */
    void write(long now, boolean alive, Consumer<Boolean> then) {
        writing = true;
        writtenAt = now;
        Map<TopicPartition, SettledRanges> fresh = new HashMap<>();
        added.forEach((partition, ranges) -> fresh.put(partition, ranges.build()));
        added.clear();
        mine = mine.merge(new ReplayNote(fresh, Optional.empty()));
        read(there -> write(there, alive, then));
    }

    private void write(ReplayNote there, boolean alive, Consumer<Boolean> then) {
        long now = wallClock.getAsLong();
        Optional<ReplayNote.Run> other = there.run().filter(run -> !run.id().equals(runId) && run.isFresh(now));
        Optional<ReplayNote.Run> own = alive ? Optional.of(new ReplayNote.Run(runId, now)) : Optional.empty();
        mine = mine.merge(there).withRun(other.isPresent() ? other : own);
        watch.ifSame(() -> ask.ask(
                "write down what was replayed",
                () -> lookups.alter(noteGroup, mine.commits(noteGroup, queue)),
                written -> {
                    writing = false;
                    then.accept(other.isEmpty());
                }));
    }

    /** There will be no answer to the write under way. */
    void gaveUp() {
        writing = false;
    }

    /** Whether the note is this replay's. */
    void check(Consumer<Boolean> then) {
        read(there ->
                then.accept(there.run().filter(run -> run.id().equals(runId)).isPresent()));
    }

    private void read(Consumer<ReplayNote> then) {
        ask.ask(
                "find out what was replayed",
                () -> lookups.committed(noteGroup, topic),
                committed -> then.accept(ReplayNote.read(noteGroup, queue.topicId(), committed)));
    }
}
