package io.mika.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A record that somebody published: what it is, and every place where it has been since. */
final class Published {
    /** The header by which it is known again, whatever became of it. */
    static final String ID = "id";

    final String id;
    final byte @Nullable [] key;
    final byte @Nullable [] value;
    private final List<Header> headers;
    /** Another group's: nobody here has anything to do with it. */
    final boolean foreign;

    /** Too large for the dead letter queue, other than as a pointer. */
    boolean large;

    /** Its places, in the order in which it came to them; also those that are gone. */
    final List<PartitionTruth.Entry> places = new ArrayList<>(2);
    /** Failures that are on their way somewhere. */
    final List<Failing> failings = new ArrayList<>(0);
    /** Those handed out whose clients fail them by themselves when they are open for too long. */
    final Set<Polled> watched = new LinkedHashSet<>(0);

    /** @param all its headers, those of this group's failures among them, which are not its own */
    Published(String id, byte @Nullable [] key, byte @Nullable [] value, Headers all, boolean foreign) {
        this.id = id;
        this.key = key;
        this.value = value;
        this.headers = own(all);
        this.foreign = foreign;
    }

    static String id(Headers headers) {
        Header id = headers.lastHeader(ID);
        return id == null ? "" : new String(id.value(), StandardCharsets.UTF_8);
    }

    private static List<Header> own(Headers all) {
        List<Header> own = new ArrayList<>();
        for (Header header : all) {
            if (!header.key().startsWith(Copy.PREFIX)) {
                own.add(header);
            }
        }
        return own;
    }

    /** Whether it came later to a place than to the one with this number. */
    boolean isAlsoAfter(long number) {
        return !places.isEmpty() && places.get(places.size() - 1).number > number;
    }

    PartitionTruth.Entry first() {
        return places.get(0);
    }

    /** Whether these are its own headers, byte for byte and in their order, beside those of failures. */
    boolean hasHeaders(Headers all) {
        List<Header> found = own(all);
        if (found.size() != headers.size()) {
            return false;
        }
        for (int i = 0; i < found.size(); i++) {
            Header one = found.get(i);
            Header other = headers.get(i);
            if (!one.key().equals(other.key()) || !Arrays.equals(one.value(), other.value())) {
                return false;
            }
        }
        return true;
    }

    boolean hasKey(byte @Nullable [] other) {
        return Arrays.equals(key, other);
    }

    boolean hasValue(byte @Nullable [] other) {
        return Arrays.equals(value, other);
    }

    /** Whether it was there at any time. */
    boolean wasAt(TopicPartition partition, long offset) {
        return places.stream().anyMatch(place -> place.offset == offset && place.partition.equals(partition));
    }

    @Override
    public String toString() {
        return id;
    }
}
