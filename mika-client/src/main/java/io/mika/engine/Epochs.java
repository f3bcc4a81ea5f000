package io.mika.engine;

import io.mika.record.SettledRanges;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Which leader epoch the records bear that a lane was given, by offset. <i>Owned by the poll thread.</i> */
final class Epochs {
    private final List<Segment> segments = new ArrayList<>();

    /** From the first record of an epoch to behind its last. */
    private record Segment(long from, long to, int epoch) {
        Segment upTo(long end) {
            return new Segment(from, end, epoch);
        }
    }

    static int of(ConsumerRecord<byte[], byte[]> record) {
        return record.leaderEpoch().orElse(Mark.NO_EPOCH);
    }

    /** What follows in the log. Epochs do not fall in there, so where both ends bear the same all between do. */
    void add(Chunk chunk) {
        int epoch = of(chunk.requireRecord(0));
        if (epoch == of(chunk.requireRecord(chunk.size - 1))) {
            add(chunk.start, chunk.end(), epoch);
            return;
        }
        for (int index = 0; index < chunk.size; index++) {
            ConsumerRecord<byte[], byte[]> record = chunk.requireRecord(index);
            add(record.offset(), record.offset() + 1, of(record));
        }
    }

    private void add(long from, long to, int epoch) {
        int end = segments.size() - 1;
        if (end >= 0 && segments.get(end).epoch == epoch) {
            segments.set(end, segments.get(end).upTo(to));
        } else {
            segments.add(new Segment(from, to, epoch));
        }
    }

    /** Of what lies at or above the offset nothing is known any more. */
    void cutAt(long offset) {
        segments.removeIf(segment -> segment.from >= offset);
        segments.replaceAll(segment -> segment.upTo(Math.min(segment.to, offset)));
    }

    /** Nobody will ask about what lies below the offset. */
    void forgetBelow(long offset) {
        while (!segments.isEmpty() && segments.get(0).to <= offset) {
            segments.remove(0);
        }
    }

    /** Collects the offsets from one to below another, each with its epoch; those without one are left out. */
    void collect(long from, long to, SettledRanges.Builder into) {
        for (Segment segment : segments) {
            long first = Math.max(from, segment.from);
            long end = Math.min(to, segment.to);
            if (first < end && segment.epoch != Mark.NO_EPOCH) {
                into.add(first, end, segment.epoch);
            }
        }
    }
}
