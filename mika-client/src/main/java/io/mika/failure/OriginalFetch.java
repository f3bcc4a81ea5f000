package io.mika.failure;

import io.mika.error.MikaException;
import io.mika.record.Pointer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what pointers in the dead letter queue stand for, one after another. <i>For one thread at a time.</i>
 */
final class OriginalFetch {
    static final Result GONE = new Result(true, null);
    private static final Result NOT_YET = new Result(false, null);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(50);

    /** @param record null if it is not known yet, or gone */
    record Result(boolean isKnown, @Nullable ConsumerRecord<byte[], byte[]> record) {}

    private final AssignedReader reader;
    private final ReplayLookups lookups;
    private final Consumer<Throwable> errors;
    /** Where the log of the pointer's partition begins and ends; null if no pointer is being followed. */
    private @Nullable CompletableFuture<Map<TopicPartition, ReplayLookups.Log>> log;

    OriginalFetch(AssignedReader reader, ReplayLookups lookups, Consumer<Throwable> errors) {
        this.reader = reader;
        this.lookups = lookups;
        this.errors = errors;
    }

    /**
     * Asked again and again until it is known, and for no other pointer in between; also after an error that may pass,
     * which it throws.
     */
    Result fetch(Pointer pointer) {
        TopicPartition partition = new TopicPartition(pointer.topic(), pointer.partition());
        Result result;
        try {
            CompletableFuture<Map<TopicPartition, ReplayLookups.Log>> asked = log;
            if (asked == null) {
                asked = lookups.logs(List.of(partition));
                log = asked;
            }
            result = asked.isDone() ? read(pointer, partition, asked.join().get(partition)) : NOT_YET;
        } catch (RuntimeException failed) {
            log = null;
            result = failed(pointer, WriteError.runtime(failed));
        }
        if (result.isKnown()) {
            log = null;
        }
        return result;
    }

    private Result read(Pointer pointer, TopicPartition partition, ReplayLookups.@Nullable Log range) {
        long offset = pointer.offset();
        if (range == null || offset < range.earliest() || offset >= range.latest()) {
            return gone(pointer, "it does not exist any more");
        }
        reader.read(Map.of(partition, offset));
        AssignedReader.Polled polled = reader.poll(POLL_TIMEOUT);
        for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
            if (record.offset() == offset) {
                return pointer.matches(record.value())
                        ? new Result(true, record)
                        : gone(pointer, "there is another record in its place");
            }
        }
        boolean passed = polled.positions().getOrDefault(partition, 0L) > offset
                || polled.ended().contains(partition);
        return passed ? gone(pointer, "it does not exist any more") : NOT_YET;
    }

    private Result failed(Pointer pointer, RuntimeException error) {
        if (error instanceof RetriableException) {
            throw error;
        }
        return gone(pointer, error.toString());
    }

    private Result gone(Pointer pointer, String why) {
        errors.accept(
                new MikaException("the record " + pointer.topic() + "-" + pointer.partition() + "@" + pointer.offset()
                        + ", which is in the dead letter queue as a pointer only, cannot be replayed: " + why));
        return GONE;
    }

    void close(Duration timeout) {
        reader.close(timeout);
    }
}
