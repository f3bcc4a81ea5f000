package io.mika.failure;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * The producer behind the failure path, made with the first write and replaced when it has come into a state that it
 * cannot leave. The one class of the failure path that touches Kafka's producer. Internal; no API.
 *
 * <p><i>Thread-safe.</i> What was under way in a producer that is replaced fails, and is unknown.
 */
public final class FailureProducer {
    private final Supplier<Producer<byte[], byte[]>> make;
    private @Nullable Producer<byte[], byte[]> current;
    private boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param make makes a producer; called again for each that is replaced
     */
    public FailureProducer(Supplier<Producer<byte[], byte[]>> make) {
        this.make = make;
    }

    /** Sends; may block for {@code max.block.ms}. The callback is called exactly once unless this throws. */
    void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        Producer<byte[], byte[]> producer = current();
        try {
            var unused = producer.send(record, callback);
        } catch (RuntimeException thrown) {
            if (isBroken(thrown)) {
                replace(producer);
            }
            throw thrown;
        }
    }

    private synchronized Producer<byte[], byte[]> current() {
        if (closed) {
            throw new KafkaException("the client is closed");
        }
        Producer<byte[], byte[]> known = current;
        if (known == null) {
            known = make.get();
            current = known;
        }
        return known;
    }

    /**
     * What a producer throws that is in a fatal state, or closed: Kafka's own exception type itself, or none of Kafka's.
     * Whatever has a type of its own tells of the record or the brokers.
     */
    private static boolean isBroken(RuntimeException thrown) {
        return thrown.getClass() == KafkaException.class
                || thrown instanceof IllegalStateException
                || !(thrown instanceof KafkaException || thrown instanceof ApiException);
    }

    @SuppressWarnings("ReferenceEquality") // this very producer: two writes may find it broken
    private synchronized void replace(Producer<byte[], byte[]> broken) {
        if (current == broken) {
            current = null;
            broken.close(Duration.ZERO);
        }
    }

    /**
     * Closes it, giving up what is still under way. Later writes fail.
     *
     * @param timeout how long that may take
     */
    public void close(Duration timeout) {
        Producer<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = current;
            current = null;
        }
        if (open != null) {
            open.close(timeout);
        }
    }
}
