package io.mika.failure;

import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.Skipped;
import io.mika.record.FailureHeaders;
import io.mika.record.Pointer;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dead letter queue up to where it ended and finds what is to be replayed, headers first. <i>For one thread at a
 * time.</i>
 */
final class ReplayScan {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(50);
    /** So many are looked at before something else may be done. */
    private static final int MOST_PER_TURN = 1_000;

    private final String group;
    private final ReplayFilter filter;
    private final ReplayCounts counts;
    private final AssignedReader reader;
    private final OriginalFetch originals;
    private final Map<TopicPartition, ReplayPartition> partitions = new HashMap<>();
    private final Queue<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();
    private Map<TopicPartition, Long> polledTo = Map.of();
    private @Nullable Found pending;
    private boolean begun;

    /**
     * A record to be replayed.
     *
     * @param failed whose headers go with it
     * @param original what it leads to, if it is a pointer and that was fetched
     */
    record Found(
            ReplayPartition partition,
            ConsumerRecord<byte[], byte[]> failed,
            @Nullable ConsumerRecord<byte[], byte[]> original) {
        /** Whose key and value are to be written. */
        ConsumerRecord<byte[], byte[]> content() {
            return original == null ? failed : original;
        }
    }

    /** Closes both readers in the end. */
    ReplayScan(String group, ReplayFilter filter, ReplayCounts counts, AssignedReader reader, OriginalFetch originals) {
        this.group = group;
        this.filter = filter;
        this.counts = counts;
        this.reader = reader;
        this.originals = originals;
    }

    void add(ReplayPartition partition) {
        partitions.put(partition.partition, partition);
    }

    boolean isAtEnd() {
        return pending == null && partitions.values().stream().allMatch(ReplayPartition::isDone);
    }

    boolean isNoteFull() {
        return partitions.values().stream().anyMatch(ReplayPartition::isFull);
    }

    List<ReplayReport.Partition> report() {
        Map<Integer, ReplayReport.Partition> reports = new TreeMap<>();
        partitions.values().forEach(partition -> reports.put(partition.partition.partition(), partition.report()));
        return List.copyOf(reports.values());
    }

    /** Where the next records may come from. */
    enum Step {
        FOUND,
        /** There may be more at once. */
        MORE,
        /** Nothing came. */
        NOTHING
    }

    /** Looks on; if something was found, {@link #take} has it. */
    Step next() {
        if (pending != null) {
            return original(pending);
        }
        for (int looked = 0; looked < MOST_PER_TURN; looked++) {
            ConsumerRecord<byte[], byte[]> record = polled.poll();
            if (record == null) {
                return poll();
            }
            ReplayPartition partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
            if (partition != null && partition.isWanted(record.offset()) && isFound(partition, record)) {
                pending = new Found(partition, record, null);
                return original(pending);
            }
        }
        return Step.MORE;
    }

    /** What was found, which is taken from here on. */
    Found take() {
        Found found = pending;
        pending = null;
        if (found == null) {
            throw new IllegalStateException("nothing was found");
        }
        return found;
    }

    private Step poll() {
        polledTo.forEach((partition, next) -> {
            ReplayPartition of = partitions.get(partition);
            if (of != null && !of.isFull()) {
                of.movedTo(next);
            }
        });
        polledTo = Map.of();
        read();
        AssignedReader.Polled more = reader.poll(POLL_TIMEOUT);
        more.ended().stream().map(partitions::get).filter(of -> of != null).forEach(ReplayPartition::ended);
        polled.addAll(more.records());
        polledTo = more.positions();
        return polledTo.isEmpty() ? Step.NOTHING : Step.MORE;
    }

    private void read() {
        if (!begun) {
            begun = true;
            Map<TopicPartition, Long> from = new HashMap<>();
            partitions.forEach((partition, of) -> {
                if (!of.isDone()) {
                    from.put(partition, of.position());
                }
            });
            reader.read(from);
        }
        reader.drop(partitions.values().stream()
                .filter(ReplayPartition::isDone)
                .map(of -> of.partition)
                .toList());
    }

    private boolean isFound(ReplayPartition partition, ConsumerRecord<byte[], byte[]> record) {
        counts.read++;
        long offset = record.offset();
        int epoch = record.leaderEpoch().orElse(SettledRanges.NO_EPOCH);
        partition.at(offset, epoch);
        Optional<FailureHeaders> failed = FailureHeaders.owns(record.headers(), group)
                ? FailureHeaders.read(record.headers(), group)
                : Optional.empty();
        if (failed.isEmpty()) {
            counts.skip(Skipped.OTHER_GROUP);
            partition.passed(offset);
            return false;
        }
        if (partition.isSettled(offset, epoch)) {
            counts.skip(Skipped.SETTLED);
            partition.passed(offset);
            return false;
        }
        boolean replayed = partition.isReplayed(offset, epoch);
        if (!filter.matches(record, failed.get())) {
            pass(partition, offset, replayed);
            return false;
        }
        counts.matched++;
        if (replayed && !filter.request().isAgain()) {
            counts.skip(Skipped.REPLAYED);
            partition.passed(offset);
            return false;
        }
        if (failed.get().replays() >= filter.request().cap()) {
            counts.skip(Skipped.CAPPED);
            pass(partition, offset, replayed);
            return false;
        }
        if (epoch == SettledRanges.NO_EPOCH) {
            counts.skip(Skipped.WITHOUT_EPOCH);
            partition.left(offset);
            return false;
        }
        return hasRoom(partition, offset);
    }

    private static void pass(ReplayPartition partition, long offset, boolean replayed) {
        if (replayed) {
            partition.passed(offset);
        } else {
            partition.left(offset);
        }
    }

    private boolean hasRoom(ReplayPartition partition, long offset) {
        if (!partition.hasRoom(offset)) {
            counts.matched--; // not looked at: the partition ends before it
            counts.read--;
            return false;
        }
        return true;
    }

    /** Whether what is pending can be taken, or what a pointer stands for must be fetched first. */
    private Step original(Found found) {
        FailureHeaders failed =
                FailureHeaders.read(found.failed().headers(), group).orElseThrow();
        if (!failed.isPointer() || found.original() != null) {
            return Step.FOUND;
        }
        Pointer pointer = failed.pointer().orElse(null);
        OriginalFetch.Result result = pointer == null ? OriginalFetch.GONE : originals.fetch(pointer);
        if (!result.isKnown()) {
            return Step.NOTHING;
        }
        ConsumerRecord<byte[], byte[]> original = result.record();
        if (original == null) {
            pending = null;
            counts.skip(Skipped.ORIGINAL_GONE);
            found.partition().left(found.failed().offset());
            return Step.MORE;
        }
        pending = new Found(found.partition(), found.failed(), original);
        return Step.FOUND;
    }

    /** Lets go of the connections. */
    void close(Duration timeout) {
        try {
            reader.close(timeout);
        } finally {
            originals.close(timeout);
        }
    }
}
