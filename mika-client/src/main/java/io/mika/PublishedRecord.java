package io.mika;

import io.mika.consumer.SendObserver;
import io.mika.error.ClientClosedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code publish}, until its outcome is known. Acknowledgement, time-out and close may come at once: the
 * first counts. <i>Thread-safe.</i>
 */
final class PublishedRecord {
    private final String topic;
    private final BooleanSupplier closed;
    private final CompletableFuture<RecordMetadata> outcome = new CompletableFuture<>();
    private final CompletableFuture<RecordMetadata> result;

    /** Set by who sends, or by who makes sure that nobody will. */
    private final AtomicBoolean taken = new AtomicBoolean();

    /** @param observer is told before the caller of {@code publish} is; null for nobody */
    PublishedRecord(String topic, Executor callbacks, BooleanSupplier closed, @Nullable SendObserver observer) {
        this.topic = topic;
        this.closed = closed;
        this.result = new CompletableFuture<>();
        Futures.whenDone(outcome, (metadata, error) -> {
            if (observer != null) {
                tell(observer, metadata, error);
            }
            callbacks.execute(() -> Futures.complete(result, metadata, error));
        });
    }

    private static void tell(SendObserver observer, @Nullable RecordMetadata metadata, @Nullable Throwable error) {
        if (metadata != null) {
            observer.sent(metadata);
        } else if (error != null) {
            observer.failed(error);
        }
    }

    /** What the caller of {@code publish} gets; completes on the callback executor. */
    CompletableFuture<RecordMetadata> result() {
        return result;
    }

    /** Runs this once the outcome is known, on the thread that brings it. */
    void onEnd(Runnable action) {
        Futures.whenDone(outcome, (metadata, error) -> action.run());
    }

    /** Sends, unless the time is over; may block as the producer does. */
    void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        try {
            Future<RecordMetadata> unused = producer.send(record, this::acknowledged);
        } catch (RuntimeException refused) {
            failed(refused);
        }
    }

    private void acknowledged(RecordMetadata metadata, @Nullable Exception error) {
        if (error == null) {
            outcome.complete(metadata);
        } else {
            failed(error);
        }
    }

    /** Never to be sent, for this reason. */
    void refuse(RuntimeException reason) {
        taken.set(true);
        outcome.completeExceptionally(closed.getAsBoolean() ? new ClientClosedException() : reason);
    }

    private void failed(Exception error) {
        // A producer that is closed fails with its own reasons, which are not those of Kafka's API: the caller is told
        // the one behind them.
        boolean byClose = closed.getAsBoolean() && !(error instanceof ApiException);
        outcome.completeExceptionally(byClose ? unknownOutcome(error) : error);
    }

    /** Begins the time-out; false if it is over already. */
    boolean expiresIn(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            expire(timeout);
            return false;
        }
        CompletableFuture<Void> timer = new CompletableFuture<Void>()
                .orTimeout(Timeouts.bounded(timeout).toNanos(), TimeUnit.NANOSECONDS);
        Futures.whenDone(timer, (done, over) -> {
            if (over != null) {
                expire(timeout);
            }
        });
        onEnd(() -> timer.complete(null));
        return true;
    }

    private void expire(Duration timeout) {
        boolean unsent = taken.compareAndSet(false, true);
        outcome.completeExceptionally(new TimeoutException(
                unsent
                        ? "the record for " + topic + " was not sent within " + timeout + " and will not be"
                        : "the record for " + topic + " was given to the producer but not acknowledged within "
                                + timeout + ": whether it is written is unknown"));
    }

    /** The client is closed and waits no longer. */
    void cutOff() {
        boolean unsent = taken.compareAndSet(false, true);
        outcome.completeExceptionally(unsent ? new ClientClosedException() : unknownOutcome(null));
    }

    private ClientClosedException unknownOutcome(@Nullable Exception cause) {
        return new UnknownOutcomeException(topic, cause);
    }
}
