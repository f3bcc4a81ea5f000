package io.mika.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records by their coordinates, with a consumer of its own: what was kept as coordinates only, and what a
 * pointer stands for. Internal; no API. <i>Thread-safe.</i>
 */
public final class RecordFetch {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(50);
    /** What is so near above the position is read up to, for a seek throws away what was fetched already. */
    private static final long NEAR = 1_000;
    /** Nothing came for so long: maybe it lies at the end of its log, or above. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AssignedReader reader;
    private final SerialTurns turns;
    private final LongSupplier clock;
    private final Told told;

    // Of the turns
    private final Map<TopicPartition, NavigableMap<Long, List<Wanted>>> wanted = new HashMap<>();
    /** Those that moved with the last poll; another one may stand at the end of a log that was cut. */
    private Set<TopicPartition> moving = Set.of();

    private long heardAt;

    /** A record that is to be read. */
    public interface Wanted {
        /** Where it is. */
        TopicPartition partition();

        /** Where it is there. */
        long offset();

        /** Whether an answer is still of use. Any thread. */
        boolean isWanted();
    }

    /**
     * One that was asked for.
     *
     * @param wanted what was asked for
     * @param record null if it is gone (expired, compacted or truncated), or nobody wants it any more
     */
    public record Answer(Wanted wanted, @Nullable ConsumerRecord<byte[], byte[]> record) {}

    /** Who is told, on the thread of the turns. */
    public interface Told {
        /** In the order of the offsets of each partition. */
        void found(List<Answer> answers);

        /** A read failed; it is made again. */
        void failed(RuntimeException error);
    }

    /**
     * Connects to nothing yet.
     *
     * @param readers makes a consumer without a group
     * @param thread runs one task after another, which may block for a short while
     * @param clock monotonic nanoseconds
     * @param told hears of what comes
     */
    public RecordFetch(Supplier<Consumer<byte[], byte[]>> readers, Executor thread, LongSupplier clock, Told told) {
        this.reader = new AssignedReader(readers);
        this.turns = new SerialTurns(thread, this::turn, this::failed);
        this.clock = clock;
        this.told = told;
    }

    /**
     * Asks for records that were in their logs once.
     *
     * @param records each is answered once, until this is closed
     */
    public void fetch(List<? extends Wanted> records) {
        turns.send(() -> {
            heardAt = clock.getAsLong();
            records.forEach(record -> wanted.computeIfAbsent(record.partition(), none -> new TreeMap<>())
                    .computeIfAbsent(record.offset(), none -> new ArrayList<>(1))
                    .add(record));
        });
    }

    /**
     * Goes on with what waited for its time. Called now and then by whoever knows the time.
     *
     * @param now monotonic nanoseconds
     */
    public void nudge(long now) {
        turns.nudge(now);
    }

    /**
     * Lets go of the connection, and answers nothing more.
     *
     * @param timeout how long that may take
     */
    public void close(Duration timeout) {
        turns.endWith(() -> reader.close(timeout));
    }

    private void turn() {
        List<Answer> unwanted = new ArrayList<>();
        takeUnwanted(unwanted);
        tell(unwanted);
        reader.read(places());
        if (wanted.isEmpty()) {
            return;
        }
        AssignedReader.Polled polled = reader.poll(POLL_TIMEOUT);
        List<Answer> answers = answers(polled);
        moving = polled.positions().keySet();
        if (!moving.isEmpty()) {
            heardAt = clock.getAsLong();
        } else if (clock.getAsLong() - heardAt > SILENT_NANOS) {
            heardAt = clock.getAsLong();
            Map<TopicPartition, Long> ends = reader.ends(wanted.keySet());
            wanted.forEach(
                    (partition, offsets) -> gone(offsets.tailMap(ends.getOrDefault(partition, 0L), true), answers));
        }
        wanted.values().removeIf(Map::isEmpty);
        tell(answers);
        turns.schedule();
    }

    private void tell(List<Answer> answers) {
        if (!answers.isEmpty()) {
            told.found(answers);
        }
    }

    /** The connection is made anew, whatever the error says of it. */
    private void failed(RuntimeException error) {
        reader.close(Duration.ZERO);
        turns.scheduleAt(clock.getAsLong() + BACK_OFF_NANOS);
        told.failed(error);
    }

    private void takeUnwanted(List<Answer> answers) {
        wanted.values()
                .forEach(offsets -> offsets.values().removeIf(records -> {
                    records.removeIf(record -> !record.isWanted() && answers.add(new Answer(record, null)));
                    return records.isEmpty();
                }));
        wanted.values().removeIf(Map::isEmpty);
    }

    private Map<TopicPartition, Long> places() {
        Map<TopicPartition, Long> places = new HashMap<>();
        wanted.forEach((partition, offsets) -> {
            Long at = reader.position(partition);
            long first = offsets.firstKey();
            boolean goesOn = at != null && at <= first && first - at <= NEAR && moving.contains(partition);
            places.put(partition, goesOn ? Objects.requireNonNull(at) : Long.valueOf(first));
        });
        return places;
    }

    private List<Answer> answers(AssignedReader.Polled polled) {
        List<Answer> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
            NavigableMap<Long, List<Wanted>> offsets =
                    wanted.get(new TopicPartition(record.topic(), record.partition()));
            if (offsets != null) {
                gone(offsets.headMap(record.offset(), false), answers);
                List<Wanted> found = offsets.remove(record.offset());
                if (found != null) {
                    found.forEach(each -> answers.add(new Answer(each, record)));
                }
            }
        }
        polled.positions().forEach((partition, position) -> goneBelow(partition, position, answers));
        polled.ended().forEach(partition -> goneBelow(partition, Long.MAX_VALUE, answers));
        return answers;
    }

    /** What was passed and did not come. */
    private void goneBelow(TopicPartition partition, long offset, List<Answer> answers) {
        NavigableMap<Long, List<Wanted>> offsets = wanted.get(partition);
        if (offsets != null) {
            gone(offsets.headMap(offset, false), answers);
        }
    }

    private static void gone(NavigableMap<Long, List<Wanted>> offsets, List<Answer> answers) {
        answers.addAll(offsets.values().stream()
                .flatMap(List::stream)
                .map(record -> new Answer(record, null))
                .collect(Collectors.toList()));
        offsets.clear();
    }
}
