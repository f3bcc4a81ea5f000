package io.mika.engine;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * A place in a partition: an offset, and the leader epoch of the record below it. The two belong together: an epoch
 * that ended below the offset would look like a truncated log to the next consumer that starts there.
 */
record Mark(long offset, int epoch) {
    static final int NO_EPOCH = -1;

    /** Below every place. */
    static final Mark NONE = new Mark(-1, NO_EPOCH);

    static Mark of(OffsetAndMetadata position) {
        return new Mark(position.offset(), position.leaderEpoch().orElse(NO_EPOCH));
    }

    OffsetAndMetadata withText(String text) {
        return new OffsetAndMetadata(offset, epoch == NO_EPOCH ? Optional.empty() : Optional.of(epoch), text);
    }
}
