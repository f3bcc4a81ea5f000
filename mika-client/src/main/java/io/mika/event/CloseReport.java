package io.mika.event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * How a client closed. <i>Immutable</i>. Topics are named without the global suffix.
 *
 * @param drained whether every delivery that a handler had been given was settled, and that committed
 * @param abandoned the deliveries that were not settled, in the order of their partitions and offsets
 * @param lastCommits the last committed offset, confirmed by the brokers, of each partition that was owned at the end
 * @param leftGroup whether the group was told, so that it does not wait for the session time-out; false also without a
 *     group
 * @param isFinal false in what a close that cannot wait returned, as in a handler: the client is still closing, and the
 *     rest of the report says nothing
 * @param cause why the client closed by itself, if it did
 * @param took from the first call of a close to its end
 */
public record CloseReport(
        boolean drained,
        List<AbandonedRecord> abandoned,
        Map<TopicPartition, Long> lastCommits,
        boolean leftGroup,
        boolean isFinal,
        Optional<Throwable> cause,
        Duration took) {

    private static final int SHOWN = 10;

    /**
     * A report; it keeps copies of the collections.
     *
     * @param drained as above
     * @param abandoned as above
     * @param lastCommits as above
     * @param leftGroup as above
     * @param isFinal as above
     * @param cause as above
     * @param took as above
     */
    public CloseReport {
        abandoned = List.copyOf(abandoned);
        lastCommits = Map.copyOf(lastCommits);
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(took, "took");
    }

    /**
     * A close that is still under way.
     *
     * @return a report that is not final
     */
    public static CloseReport underWay() {
        return new CloseReport(false, List.of(), Map.of(), false, false, Optional.empty(), Duration.ZERO);
    }

    /** One line for a log. */
    @Override
    public String toString() {
        if (!isFinal) {
            return "still closing";
        }
        return "drained=" + drained + " took=" + took.toMillis() + "ms left_group=" + leftGroup + " abandoned="
                + abandonedLine() + " last_commits=" + commitsLine()
                + cause.map(reason -> " cause=\"" + reason + "\"").orElse("");
    }

    private String abandonedLine() {
        return abandoned.stream()
                .limit(SHOWN)
                .map(AbandonedRecord::toString)
                .collect(Collectors.joining(
                        ", ", "[", abandoned.size() > SHOWN ? ", ...] of " + abandoned.size() : "]"));
    }

    private String commitsLine() {
        Map<String, Long> byName = new TreeMap<>();
        lastCommits.forEach((partition, offset) -> byName.put(partition.toString(), offset));
        return byName.toString();
    }
}
