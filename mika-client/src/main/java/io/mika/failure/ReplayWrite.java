package io.mika.failure;

import io.mika.consumer.SendObserver;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** A record of the dead letter queue on its way to the retry topic. <i>Thread-safe.</i> */
final class ReplayWrite extends Write {
    /** What became of it. */
    enum Outcome {
        WRITTEN,
        /** The retry topic does not take it. */
        REFUSED,
        /** The replay was stopped; if it was sent, nobody knows. */
        DROPPED
    }

    private enum State {
        QUEUED,
        SENT,
        OVER
    }

    private final Supplier<ProducerRecord<byte[], byte[]>> record;
    private final Function<ProducerRecord<byte[], byte[]>, @Nullable SendObserver> sending;
    private final long size;
    private final BooleanSupplier stopped;
    private final Consumer<Outcome> told;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private volatile @Nullable RuntimeException error;
    /** Of the send under way. */
    private volatile @Nullable SendObserver observer;

    /**
     * @param size of key and value, in bytes
     * @param record makes the copy, for each time that it is sent
     * @param sending shows it to whom it concerns, who may add headers
     * @param told of the outcome, once, on any thread
     */
    ReplayWrite(
            long size,
            Supplier<ProducerRecord<byte[], byte[]>> record,
            Function<ProducerRecord<byte[], byte[]>, @Nullable SendObserver> sending,
            BooleanSupplier stopped,
            Consumer<Outcome> told) {
        this.size = size;
        this.record = record;
        this.sending = sending;
        this.stopped = stopped;
        this.told = told;
    }

    /** It is not needed any more; no effect once it was sent. */
    void drop() {
        if (state.compareAndSet(State.QUEUED, State.OVER)) {
            told.accept(Outcome.DROPPED);
        }
    }

    /** Why it was refused. */
    @Nullable RuntimeException error() {
        return error;
    }

    @Override
    protected boolean isWanted() {
        if (stopped.getAsBoolean()) {
            end(Outcome.DROPPED);
        }
        return state.compareAndSet(State.QUEUED, State.SENT) || state.get() == State.SENT;
    }

    @Override
    protected long size() {
        return size;
    }

    @Override
    protected ProducerRecord<byte[], byte[]> record(int smaller) {
        ProducerRecord<byte[], byte[]> made = record.get();
        observer = sending.apply(made);
        return made;
    }

    @Override
    protected void answered(@Nullable RecordMetadata where, @Nullable Exception failed) {
        SendObserver shown = observer;
        if (shown == null) {
            return;
        }
        observer = null;
        if (failed != null) {
            shown.failed(failed);
        } else if (where != null) {
            shown.sent(where);
        }
    }

    @Override
    protected int smallerForms() {
        return 0;
    }

    @Override
    protected void written() {
        end(Outcome.WRITTEN);
    }

    @Override
    protected boolean refused(RuntimeException why) {
        error = why;
        end(Outcome.REFUSED);
        return true;
    }

    private void end(Outcome outcome) {
        if (state.getAndSet(State.OVER) != State.OVER) {
            told.accept(outcome);
        }
    }
}
