package io.mika.consumer;

import java.util.concurrent.CompletionStage;

/** A handler that answers later, for {@link Handlers#async}. Must be <i>thread-safe</i>. */
@FunctionalInterface
public interface AsyncHandler {

    /**
     * Begins to handle one record.
     *
     * @param delivery the record
     * @return completes normally for an ack, exceptionally for a failure
     * @throws Exception fails the delivery
     */
    CompletionStage<?> handle(Delivery delivery) throws Exception;
}
