package io.mika.simulation;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** In which order the records of one partition are handed out: those of one queue wait for each other. */
enum HandOutOrder {
    /** One call after another, in offset order. */
    PARTITION {
        @Override
        Object queueOf(ConsumerRecord<byte[], byte[]> record) {
            return "partition";
        }
    },

    /** The same for each key; a record without one waits for none. */
    KEY {
        @Override
        @Nullable Object queueOf(ConsumerRecord<byte[], byte[]> record) {
            return record.key() == null ? null : ByteBuffer.wrap(record.key());
        }
    },

    /** At once, in whatever order. */
    NONE {
        @Override
        @Nullable Object queueOf(ConsumerRecord<byte[], byte[]> record) {
            return null;
        }
    };

    /** What is equal for those that wait for each other; null for one that waits for none. */
    abstract @Nullable Object queueOf(ConsumerRecord<byte[], byte[]> record);
}
