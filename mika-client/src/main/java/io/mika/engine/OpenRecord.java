package io.mika.engine;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A record that was handed to a handler and is open.
 *
 * @param since when it was handed out, a second later at most
 * @param deadline when it counts as stuck
 * @param inCall whether its handler call has not returned
 * @param delivery if it is remembered
 */
record OpenRecord(
        TopicPartition partition,
        long offset,
        long since,
        long deadline,
        boolean inCall,
        @Nullable OpenDelivery delivery) {
    Duration age(long now) {
        return Duration.ofNanos(Math.max(0, now - since));
    }
}
