package io.mika.simulation;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** In which order the records of one partition are handed out: those of one queue wait for each other. */
@FunctionalInterface
interface HandOutOrder {
    /** One call after another, in offset order. */
    HandOutOrder PARTITION = record -> "partition";

    /** The same for each key; a record without one waits for none. */
    HandOutOrder KEY = record -> record.key() == null ? null : ByteBuffer.wrap(record.key());

    /** At once, in whatever order. */
    HandOutOrder NONE = record -> null;

    /** What is equal for those that wait for each other; null for one that waits for none. */
    @Nullable Object queueOf(ConsumerRecord<byte[], byte[]> record);
}
