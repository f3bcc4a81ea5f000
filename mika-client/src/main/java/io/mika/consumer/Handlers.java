package io.mika.consumer;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Handlers made from other kinds of handlers. <i>Thread-safe</i>, as far as what they are made from is. */
public final class Handlers {

    private Handlers() {}

    /**
     * A handler whose return is the ack: the delivery is acked when the call returns, unless the handler settled it or
     * called {@code fail}. A throw fails it.
     *
     * @param handler what to call
     * @return the handler that acks
     */
    public static DeliveryHandler autoAck(DeliveryHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return delivery -> {
            WatchedDelivery watched = new WatchedDelivery(delivery);
            handler.handle(watched);
            watched.ackUnlessFailed();
        };
    }

    /**
     * A handler that settles when its stage completes: an ack, unless the handler called {@code fail}, or a failure with
     * what the stage failed with, {@code CompletionException} and {@code ExecutionException} unwrapped.
     *
     * <p>The call lasts until then, so records of one partition still come one after another; it waits without using
     * the processor, and where the platform has virtual threads without occupying one of its threads. An interrupt ends
     * the wait with {@link InterruptedException}; the stage goes on.
     *
     * @param handler what to call
     * @return the handler that waits
     */
    public static DeliveryHandler async(AsyncHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return delivery -> {
            WatchedDelivery watched = new WatchedDelivery(delivery);
            CompletionStage<?> stage = Objects.requireNonNull(handler.handle(watched), "the handler returned no stage");
            settled(watched, stage).get();
        };
    }

    private static CompletableFuture<Void> settled(WatchedDelivery delivery, CompletionStage<?> stage) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        stage.whenComplete((ignored, failure) -> {
            try {
                settle(delivery, failure);
            } finally {
                settled.complete(null);
            }
        });
        return settled;
    }

    private static void settle(WatchedDelivery delivery, @Nullable Throwable failure) {
        if (failure == null) {
            delivery.ackUnlessFailed();
        } else {
            var unused = delivery.fail(Causes.unwrapped(failure));
        }
    }

    /**
     * A handler of decoded values. The deserializer is given the topic that the consumer is bound to, also for a record
     * from the retry topic or dead letter queue, and the record's headers; it is not called for a null value. It must be
     * thread-safe (Kafka's own and those of schema registries are) and stays the application's to configure and close.
     *
     * <p>A record that cannot be decoded fails with a {@link RecordDeserializationException}, whose cause is what the
     * deserializer threw. That is never retryable, and the handler does not see it.
     *
     * @param <T> what the values decode to
     * @param deserializer decodes the values
     * @param handler what to call; it settles the delivery, as any handler
     * @return the handler that decodes
     */
    public static <T> DeliveryHandler typed(Deserializer<? extends T> deserializer, TypedHandler<? super T> handler) {
        Objects.requireNonNull(deserializer, "deserializer");
        Objects.requireNonNull(handler, "handler");
        return delivery -> {
            byte[] value = delivery.value();
            handler.handle(delivery, value == null ? null : decoded(deserializer, delivery, value));
        };
    }

    private static <T> @Nullable T decoded(Deserializer<? extends T> deserializer, Delivery delivery, byte[] value) {
        try {
            return deserializer.deserialize(delivery.topic(), delivery.record().headers(), value);
        } catch (RuntimeException e) {
            throw undecodable(delivery.record(), value, e);
        }
    }

    private static RecordDeserializationException undecodable(
            ConsumerRecord<byte[], byte[]> record, byte[] value, RuntimeException cause) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        return new RecordDeserializationException(
                DeserializationExceptionOrigin.VALUE,
                partition,
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.key() == null ? null : ByteBuffer.wrap(record.key()),
                ByteBuffer.wrap(value),
                record.headers(),
                "value of " + partition + "@" + record.offset() + " cannot be decoded: " + cause,
                cause);
    }
}
