package io.mika.consumer;

import org.jspecify.annotations.Nullable;

/**
 * A handler of decoded values, for {@link Handlers#typed}. Must be <i>thread-safe</i>.
 *
 * @param <T> what the records' values decode to
 */
@FunctionalInterface
public interface TypedHandler<T> {

    /**
     * Handles one record.
     *
     * @param delivery the record, to be settled as in {@link DeliveryHandler#handle}
     * @param value its decoded value; null where the record has none (a tombstone)
     * @throws Exception fails the delivery
     */
    void handle(Delivery delivery, @Nullable T value) throws Exception;
}
