package io.mika.failure;

import io.mika.error.MikaException;
import io.mika.event.ReplayRequest;
import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a replay begins and ends and what others have taken already, and claims the note. <i>For one thread at a
 * time.</i>
 */
final class ReplayStart {
    private final ReplayRequest request;
    private final ReplayFilter filter;
    private final Replays.Parts parts;
    private final ReplayLookups lookups;
    private final RepeatedAsk ask;
    private final QueueWatch watch;
    private final String runId;
    private final String noteGroup;

    /** Who is told, in a turn. */
    private record Told(
            Consumer<NoteKeeper> claims, Consumer<List<ReplayPartition>> ready, Consumer<RuntimeException> refused) {}

    ReplayStart(
            ReplayFilter filter,
            Replays.Parts parts,
            ReplayLookups lookups,
            RepeatedAsk ask,
            QueueWatch watch,
            String runId) {
        this.request = filter.request();
        this.filter = filter;
        this.parts = parts;
        this.lookups = lookups;
        this.ask = ask;
        this.watch = watch;
        this.runId = runId;
        this.noteGroup = ReplayNote.group(parts.group());
    }

    /**
     * Begins; all three are called in a turn.
     *
     * @param claims is given the note before it is written, if it is to be
     * @param ready is given what is to be read
     * @param refused is told why there can be no replay
     */
    void begin(Consumer<NoteKeeper> claims, Consumer<List<ReplayPartition>> ready, Consumer<RuntimeException> refused) {
        Told told = new Told(claims, ready, refused);
        String topic = parts.dlqTopic();
        ask.ask("find out what is in the dead letter queue", () -> lookups.describe(topic), queue -> {
            if (queue.isEmpty()) {
                told.ready().accept(List.of()); // nobody has written there yet
            } else {
                watch.begin(queue.get().topicId(), parts.nanoClock().getAsLong());
                since(queue.get(), told);
            }
        });
    }

    private void since(ReplayLookups.Queue queue, Told told) {
        if (request.since().isEmpty()) {
            settled(queue, Map.of(), told);
        } else {
            long time = request.since().get().toEpochMilli();
            ask.ask(
                    "find out where that time is in the dead letter queue",
                    () -> lookups.offsetsAt(queue.logs().keySet(), time),
                    since -> settled(queue, since, told));
        }
    }

    private void settled(ReplayLookups.Queue queue, Map<TopicPartition, Long> since, Told told) {
        String topic = parts.dlqTopic();
        ask.ask(
                "find out what the group has settled of the dead letter queue",
                () -> lookups.committed(parts.group(), topic),
                committed -> ask.ask("find out what was replayed", () -> lookups.committed(noteGroup, topic), noted -> {
                    ReplayNote note = ReplayNote.read(noteGroup, queue.topicId(), noted);
                    claim(queue, note, partitions(queue, since, committed, note), told);
                }));
    }

    private void claim(ReplayLookups.Queue queue, ReplayNote there, List<ReplayPartition> partitions, Told told) {
        if (request.isDryRun()) {
            told.ready().accept(partitions);
            return;
        }
        long now = parts.wallClock().getAsLong();
        Optional<ReplayNote.Run> other = there.run().filter(run -> run.isFresh(now));
        if (other.isPresent()) {
            told.refused().accept(underWay(other.get(), now));
            return;
        }
        NoteKeeper note =
                new NoteKeeper(ask, lookups, noteGroup, parts.dlqTopic(), queue, runId, watch, parts.wallClock());
        told.claims().accept(note);
        note.write(
                parts.nanoClock().getAsLong(),
                true,
                isOurs -> note.check(isStillOurs -> {
                    if (isOurs && isStillOurs) {
                        told.ready().accept(partitions);
                    } else {
                        told.refused().accept(new MikaException(underWay() + " began at the same moment"));
                    }
                }));
    }

    private String underWay() {
        return "another replay of group " + parts.group();
    }

    private MikaException underWay(ReplayNote.Run other, long now) {
        return new MikaException(underWay() + " is under way: its last sign of life is "
                + Duration.ofMillis(Math.max(0, now - other.at())).toSeconds()
                + " s old, and it counts as dead when that is 30 s old");
    }

    private List<ReplayPartition> partitions(
            ReplayLookups.Queue queue,
            Map<TopicPartition, Long> since,
            Map<TopicPartition, OffsetAndMetadata> committed,
            ReplayNote note) {
        List<ReplayPartition> partitions = new ArrayList<>();
        queue.logs().forEach((partition, log) -> {
            OffsetAndMetadata commit = ofThisQueue(queue, partition, committed.get(partition));
            long from = Math.max(
                    Math.max(log.earliest(), commit == null ? 0 : commit.offset()),
                    Math.max(since.getOrDefault(partition, 0L), filter.firstOffset(partition.partition())));
            long end = Math.min(log.latest(), filter.endOffset(partition.partition()));
            if (filter.endOffset(partition.partition()) > 0) {
                partitions.add(new ReplayPartition(
                        partition,
                        queue.topicId(),
                        log.earliest(),
                        Math.min(from, log.latest()),
                        end,
                        commit == null ? SettledRanges.NONE : settled(queue, partition, commit),
                        note.of(partition)));
            }
        });
        return partitions;
    }

    /** Without one that a member made who had not heard yet that the queue is another one. */
    private @Nullable OffsetAndMetadata ofThisQueue(
            ReplayLookups.Queue queue, TopicPartition partition, @Nullable OffsetAndMetadata commit) {
        return commit == null || CommitText.isFromElsewhere(commit.metadata(), place(queue, partition, commit))
                ? null
                : commit;
    }

    private SettledRanges settled(ReplayLookups.Queue queue, TopicPartition partition, OffsetAndMetadata commit) {
        return CommitText.read(commit.metadata(), place(queue, partition, commit))
                .map(CommitText.Content::settled)
                .orElse(SettledRanges.NONE);
    }

    private CommitText.Place place(ReplayLookups.Queue queue, TopicPartition partition, OffsetAndMetadata commit) {
        return new CommitText.Place(parts.group(), queue.topicId(), partition, commit.offset());
    }
}
