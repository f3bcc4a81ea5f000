package io.mika.engine;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A delivery that was failed and whose outcome is not known yet. */
record Failure(
        Lane lane,
        Chunk chunk,
        int index,
        ConsumerRecord<byte[], byte[]> record,
        @Nullable Throwable reason) {}
