package io.mika.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What a client is doing, as it was a moment ago. <i>Immutable.</i> {@link #toString()} is a table for a terminal.
 *
 * @param client the client's name in logs and metrics
 * @param state in a word: starting, running, closing, closed
 * @param takenAt when it was like this; at most a second or so before it was asked for, unless the client hangs in a call
 *     of Kafka's
 * @param partitions those assigned now
 * @param writes the retry topic and the dead letter queue, where there are
 */
public record Explanation(
        String client, String state, Instant takenAt, List<Partition> partitions, List<Writes> writes) {

    /** Copies the lists. */
    public Explanation {
        partitions = List.copyOf(partitions);
        writes = List.copyOf(writes);
    }

    /**
     * One assigned partition.
     *
     * @param partition with the topic's name without the global suffix
     * @param watermark up to here everything is settled; what is committed, or will be
     * @param lag records from the watermark to the end of the log as this client last heard of it
     * @param oldestOpen the first offset that was handed out and is not settled
     * @param oldestAge how long ago it was handed out at most; zero if there is none
     * @param inFlight records that were polled and are not settled
     * @param unremembered records that are settled above one that is not, and that a commit does not say so of: handed out
     *     again after a crash
     * @param pausedBy why it is not polled, in words; empty if it is
     * @param lastCommit the offset that the brokers confirmed last
     */
    public record Partition(
            TopicPartition partition,
            long watermark,
            OptionalLong lag,
            OptionalLong oldestOpen,
            Duration oldestAge,
            int inFlight,
            long unremembered,
            Set<String> pausedBy,
            OptionalLong lastCommit) {}

    /**
     * What is written to one topic.
     *
     * @param topic without the global suffix
     * @param waiting records that wait to be sent, for the first time or again
     * @param underWay records that are sent and not acknowledged
     * @param error why it does not work at the moment; empty if it does
     */
    public record Writes(String topic, int waiting, int underWay, Optional<String> error) {}

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        table.append(String.format("%s %s at %s%n", client, state, takenAt));
        table.append(String.format(
                "%-32s %12s %10s %12s %10s %9s %12s %12s  %s%n",
                "partition",
                "watermark",
                "lag",
                "oldest open",
                "for",
                "in flight",
                "unremembered",
                "committed",
                "paused by"));
        for (Partition each : partitions) {
            table.append(String.format(
                    "%-32s %12d %10s %12s %10s %9d %12d %12s  %s%n",
                    each.partition(),
                    each.watermark(),
                    text(each.lag()),
                    text(each.oldestOpen()),
                    each.oldestOpen().isPresent() ? each.oldestAge().toSeconds() + " s" : "-",
                    each.inFlight(),
                    each.unremembered(),
                    text(each.lastCommit()),
                    each.pausedBy().isEmpty() ? "-" : String.join(", ", each.pausedBy())));
        }
        for (Writes each : writes) {
            table.append(String.format(
                    "writes to %s: %d waiting, %d under way%s%n",
                    each.topic(),
                    each.waiting(),
                    each.underWay(),
                    each.error().map(error -> ", " + error).orElse("")));
        }
        return table.toString();
    }

    private static String text(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "-";
    }
}
