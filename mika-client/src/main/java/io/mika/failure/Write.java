package io.mika.failure;

import io.mika.consumer.SendObserver;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A record that is to be written to the retry topic or the dead letter queue. Internal; no API.
 *
 * <p>The methods are called on the destination's thread, but for {@link #written}, which the producer's thread calls and
 * which therefore must do little and wait for nothing.
 */
public abstract class Write {
    /** Which of its forms is to be tried; the destination's own. */
    int form;

    /** Of the sending under way. */
    private volatile @Nullable SendObserver observer;

    /** Made by the engine. */
    protected Write() {}

    /**
     * Whether anybody still needs it: its partition may have moved on.
     *
     * @return false to drop it
     */
    protected abstract boolean isWanted();

    /**
     * About how many bytes it has, key and value.
     *
     * @return 0 or more
     */
    protected abstract long size();

    /**
     * The record as it is to be sent.
     *
     * @param smaller 0 for all of it; one more each time that the broker found it too large
     * @return a new record
     */
    protected abstract ProducerRecord<byte[], byte[]> record(int smaller);

    /**
     * How often it can be made smaller.
     *
     * @return 0 for not at all
     */
    protected abstract int smallerForms();

    /**
     * Called when a record is made.
     *
     * @param by is told how its sending ends; null for nobody
     */
    protected final void observedBy(@Nullable SendObserver by) {
        observer = by;
    }

    /** The sending of the record that was made last has ended; without an error, the brokers acknowledged it. */
    final void answered(@Nullable RecordMetadata where, @Nullable Exception error) {
        SendObserver told = observer;
        if (told == null) {
            return;
        }
        observer = null;
        if (error != null) {
            told.failed(error);
        } else if (where != null) {
            told.sent(where);
        }
    }

    /** The brokers have acknowledged it. */
    protected abstract void written();

    /**
     * This destination takes it in no form.
     *
     * @param error what the broker said last
     * @return true if it goes another way; false if it stays, to be tried again much later
     */
    protected abstract boolean refused(RuntimeException error);
}
