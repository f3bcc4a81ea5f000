package io.mika.failure;

import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What was replayed of a dead letter queue, as it stands in the commits of a group of its own, which has no members; and
 * whether a replay is under way, which stands in the commit of partition 0. Internal; no API.
 *
 * <p><i>Immutable.</i>
 *
 * @param replayed what was replayed, by partition; those of which nothing was are missing
 * @param run the replay that is under way, or was when it died
 */
public record ReplayNote(Map<TopicPartition, SettledRanges> replayed, Optional<Run> run) {
    /** No replay has been here. */
    public static final ReplayNote NONE = new ReplayNote(Map.of(), Optional.empty());

    /**
     * A sign of life of a replay.
     *
     * @param id letters, digits and hyphens
     * @param at when, in epoch milliseconds
     */
    public record Run(String id, long at) {
        private static final Pattern FORM = Pattern.compile("([A-Za-z0-9-]{1,40})@([0-9]{1,18})");
        private static final long STALE_MILLIS = TimeUnit.SECONDS.toMillis(30);

        /**
         * Whether the replay is to be taken for alive.
         *
         * @param now epoch milliseconds
         * @return false 30 s after its last sign of life
         */
        public boolean isFresh(long now) {
            return Math.abs(now - at) < STALE_MILLIS;
        }

        static Optional<Run> parse(String text) {
            Matcher matcher = FORM.matcher(text);
            return matcher.matches()
                    ? Optional.of(new Run(matcher.group(1), Long.parseLong(matcher.group(2))))
                    : Optional.empty();
        }

        String text() {
            return id + "@" + at;
        }
    }

    /** Checks nothing. */
    public ReplayNote {
        replayed = Map.copyOf(replayed);
    }

    /**
     * The group in whose commits the note stands.
     *
     * @param group whose dead letter queue was replayed, on the wire
     * @return a group that nobody is to be a member of
     */
    public static String group(String group) {
        return group + ".mika-replay";
    }

    /**
     * Reads a note. What is in doubt counts as not replayed.
     *
     * @param noteGroup as {@link #group} has it
     * @param topicId of the dead letter queue that there is now; without one nobody knows what the note speaks of
     * @param committed what that group has committed of it
     * @return what it says
     */
    public static ReplayNote read(String noteGroup, Uuid topicId, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, SettledRanges> replayed = new HashMap<>();
        Optional<Run> run = Optional.empty();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : committed.entrySet()) {
            TopicPartition partition = entry.getKey();
            OffsetAndMetadata commit = entry.getValue();
            Optional<CommitText.Content> content = CommitText.read(
                    commit.metadata(), new CommitText.Place(noteGroup, topicId, partition, commit.offset()));
            content.map(CommitText.Content::settled)
                    .filter(ranges -> !ranges.isEmpty() && !topicId.equals(Uuid.ZERO_UUID))
                    .ifPresent(ranges -> replayed.put(partition, ranges));
            if (partition.partition() == 0) {
                run = content.flatMap(CommitText.Content::run).flatMap(Run::parse);
            }
        }
        return new ReplayNote(replayed, run);
    }

    /**
     * What was replayed of a partition.
     *
     * @param partition of the dead letter queue
     * @return nothing if none of it was
     */
    public SettledRanges of(TopicPartition partition) {
        return replayed.getOrDefault(partition, SettledRanges.NONE);
    }

    /** This note, and what another one holds beside; the run is this one's. */
    ReplayNote merge(ReplayNote other) {
        Map<TopicPartition, SettledRanges> all = new HashMap<>(replayed);
        other.replayed.forEach((partition, ranges) -> all.merge(partition, ranges, SettledRanges::merge));
        return new ReplayNote(all, run);
    }

    ReplayNote withRun(Optional<Run> now) {
        return new ReplayNote(replayed, now);
    }

    /** The commits that this note is written as: partition 0, and those that it says something of. */
    Map<TopicPartition, OffsetAndMetadata> commits(String noteGroup, ReplayLookups.Queue queue) {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        queue.logs().forEach((partition, log) -> {
            SettledRanges ranges = of(partition);
            if (partition.partition() == 0 || !ranges.isEmpty()) {
                Optional<String> life = partition.partition() == 0 ? run.map(Run::text) : Optional.empty();
                CommitText.Content content =
                        new CommitText.Content(queue.logs().size(), OptionalLong.empty(), life, ranges);
                CommitText.Place place = new CommitText.Place(noteGroup, queue.topicId(), partition, log.earliest());
                String text = CommitText.write(place, content, CommitText.LIMIT).text();
                commits.put(partition, new OffsetAndMetadata(log.earliest(), text));
            }
        });
        return commits;
    }
}
