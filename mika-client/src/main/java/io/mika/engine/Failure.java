package io.mika.engine;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that was failed and whose outcome is not known yet.
 *
 * @param asked what the application said beside the reason
 */
record Failure(OpenDelivery delivery, @Nullable Throwable reason, Asked asked) {
    /**
     * What the application asked for.
     *
     * @param retry the failure counts as retryable, whatever it is
     * @param delay until the next attempt; null where the options decide
     */
    record Asked(boolean retry, @Nullable Duration delay) {
        static final Asked NOTHING = new Asked(false, null);
        static final Asked RETRY = new Asked(true, null);
    }

    Lane lane() {
        return delivery.chunk().lane;
    }

    Chunk chunk() {
        return delivery.chunk();
    }

    int index() {
        return delivery.index();
    }

    Attempt attempt() {
        return delivery.is();
    }

    ConsumerRecord<byte[], byte[]> record() {
        return delivery.record();
    }
}
