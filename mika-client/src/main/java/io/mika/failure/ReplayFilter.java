package io.mika.failure;

import io.mika.event.ReplayRequest;
import io.mika.record.FailureHeaders;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Which records a replay is asked for. Pure. */
final class ReplayFilter {
    private final ReplayRequest request;
    private final String suffix;
    private final byte[] key;
    private final Map<Integer, NavigableSet<Long>> offsets;

    /** @param suffix what topics bear on the wire */
    ReplayFilter(ReplayRequest request, String suffix) {
        this.request = request;
        this.suffix = suffix;
        this.key = request.key().orElseGet(() -> new byte[0]);
        this.offsets = request.offsets();
    }

    ReplayRequest request() {
        return request;
    }

    boolean matches(ConsumerRecord<byte[], byte[]> record, FailureHeaders failed) {
        return isAskedFor(record.partition(), record.offset())
                && isWithin(record.timestamp())
                && request.topic()
                        .map(name -> (name + suffix).equals(failed.originalTopic()))
                        .orElse(true)
                && request.exceptionClass()
                        .map(name ->
                                failed.exceptionClass().filter(name::equals).isPresent())
                        .orElse(true)
                && request.reason().map(text -> failed.reason().contains(text)).orElse(true)
                && (request.key().isEmpty() || Arrays.equals(key, record.key()));
    }

    private boolean isAskedFor(int partition, long offset) {
        NavigableSet<Long> asked = offsets.get(partition);
        return offsets.isEmpty() || (asked != null && asked.contains(offset));
    }

    private boolean isWithin(long timestamp) {
        return request.since().map(time -> timestamp >= time.toEpochMilli()).orElse(true)
                && request.until().map(time -> timestamp < time.toEpochMilli()).orElse(true);
    }

    /** The first offset of a partition that can match, by what was asked; 0 if any can. */
    long firstOffset(int partition) {
        NavigableSet<Long> asked = offsets.get(partition);
        return offsets.isEmpty() ? 0 : asked == null ? Long.MAX_VALUE : asked.first();
    }

    /** The offset after the last one that can match. */
    long endOffset(int partition) {
        NavigableSet<Long> asked = offsets.get(partition);
        return offsets.isEmpty() ? Long.MAX_VALUE : asked == null ? 0 : asked.last() + 1;
    }
}
