package io.mika.test.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** What a parity script does on a stage, and what it saw there. */
final class Script {

    private static final int POLLS = 200;

    final Stage stage;
    final List<String> seen = new ArrayList<>();

    Script(Stage stage) {
        this.stage = stage;
    }

    TopicPartition partition(int number) {
        return stage.partition(number);
    }

    Reader reader(Map<String, Object> properties) {
        return new Reader(stage.consumer(stage.group(), properties));
    }

    /** A consumer of these partitions at offset 0, without a group. */
    Reader assigned(TopicPartition... partitions) {
        Reader reader = new Reader(stage.consumer(null, Map.of()));
        reader.consumer.assign(List.of(partitions));
        for (TopicPartition partition : partitions) {
            reader.consumer.seek(partition, 0);
        }
        return reader;
    }

    void commitStart(int... partitions) {
        Reader reader = reader(Map.of());
        for (int number : partitions) {
            reader.consumer.assign(List.of(partition(number)));
            reader.commit(partition(number), 0);
        }
        reader.consumer.close();
    }

    void see(String what) {
        seen.add(what);
    }

    void see(String what, Object value) {
        seen.add(what + ": " + value);
    }

    /** Notes what a call returned, or what it threw and of which partitions. */
    void attempt(String what, Callable<?> call) {
        try {
            see(what, call.call());
        } catch (LogTruncationException e) {
            see(what, name(e) + " " + sorted(e.offsetOutOfRangePartitions()) + " " + describe(e.divergentOffsets()));
        } catch (OffsetOutOfRangeException e) {
            see(what, name(e) + " " + sorted(e.offsetOutOfRangePartitions()));
        } catch (InvalidOffsetException e) {
            see(what, name(e) + " " + Reader.numbers(e.partitions()));
        } catch (Exception e) {
            see(what, name(e));
        }
    }

    void attempt(String what, Runnable call) {
        attempt(what, () -> {
            call.run();
            return "done";
        });
    }

    private static String name(Exception e) {
        return e.getClass().getSimpleName();
    }

    /** Polls until this many records came, or until a poll throws; notes values and where each partition goes on. */
    void read(String what, Reader reader, int count) {
        List<String> values = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> next = new TreeMap<>(Topics.ORDER);
        attempt(what, () -> {
            for (int i = 0; i < POLLS && values.size() < count; i++) {
                ConsumerRecords<byte[], byte[]> records = reader.poll();
                records.forEach(record -> values.add(describe(record)));
                next.putAll(records.nextOffsets());
            }
            values.sort(null);
            return values + " next " + describe(next);
        });
    }

    /** Polls until the position is there, with or without records. */
    void readTo(String what, Reader reader, TopicPartition partition, long offset) {
        Map<TopicPartition, OffsetAndMetadata> next = new TreeMap<>(Topics.ORDER);
        attempt(what, () -> {
            int records = 0;
            for (int i = 0; i < POLLS && reader.consumer.position(partition) < offset; i++) {
                ConsumerRecords<byte[], byte[]> polled = reader.poll();
                records += polled.count();
                next.putAll(polled.nextOffsets());
            }
            return records + " records, next " + describe(next);
        });
    }

    /** Polls all of them in turn until it is so; a poll that throws ends it. */
    void pollUntil(BooleanSupplier done, Reader... readers) {
        for (int i = 0; i < POLLS && !done.getAsBoolean(); i++) {
            for (Reader reader : readers) {
                reader.consumer.poll(Duration.ofMillis(20));
            }
        }
        if (!done.getAsBoolean()) {
            throw new IllegalStateException("It did not come about");
        }
    }

    /** Polls for a while in which nothing is to happen. */
    void linger(Reader... readers) {
        for (int i = 0; i < 10; i++) {
            for (Reader reader : readers) {
                reader.consumer.poll(Duration.ofMillis(20));
            }
        }
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), java.nio.charset.StandardCharsets.UTF_8) + "@" + record.offset() + "/"
                + record.leaderEpoch().orElse(-1);
    }

    private static String describe(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<Integer, String> described = new TreeMap<>();
        offsets.forEach((partition, offset) -> described.put(
                partition.partition(),
                offset.offset() + "/" + offset.leaderEpoch().orElse(-1) + offset.metadata()));
        return described.toString();
    }

    static Map<Integer, Long> sorted(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> sorted = new TreeMap<>();
        offsets.forEach((partition, offset) -> sorted.put(partition.partition(), offset));
        return sorted;
    }

    static Collection<Integer> numbers(Collection<TopicPartition> partitions) {
        return Reader.numbers(partitions);
    }
}
