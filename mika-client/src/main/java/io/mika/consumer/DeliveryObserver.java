package io.mika.consumer;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Is told what becomes of one delivery; made by {@link DeliveryInterceptor#delivering}. Every method does nothing unless
 * overridden. A delivery may be settled before its handler's call returns, or long after, so {@link #returned} and {@link
 * #settled} come in any order, and on different threads.
 */
public interface DeliveryObserver {

    /**
     * The handler's call has ended, and its thread goes on to other records. Called on that thread, once.
     *
     * @param thrown what the handler threw; null if it returned
     */
    default void returned(@Nullable Throwable thrown) {}

    /**
     * The delivery failed and its record is about to be written to the retry topic or the dead letter queue. Called on a
     * thread that sends, before {@link #settled}; again for each time that the write is repeated.
     *
     * @param record a copy that is about to be sent, its topic named as on the wire; its headers may be changed, but those
     *     of failures must stay
     * @param purpose {@link SendPurpose#RETRY} or {@link SendPurpose#DEAD_LETTER}
     * @return who is told whether it was written; null for nobody
     */
    default @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        return null;
    }

    /**
     * The delivery failed, and its failure leads nowhere: it is open again, until it is settled or taken away. Called on the
     * thread that failed it, or one that sends, before anything else can happen to it.
     *
     * @param reason what it was failed with, as in {@link #settled}
     */
    default void unroutable(@Nullable Throwable reason) {}

    /**
     * The delivery is over. Told once; never if the client could not close by its deadline.
     *
     * <p>An ack is told on the thread that acks, within the call. {@link Settlement#RETRIED_IN_PLACE} is told on the thread
     * that failed it, or one that sends, before the next attempt is handed out. Everything else is told on the client's
     * callback thread, before the future completes that the application was given, and after {@link SendObserver#sent} of
     * the write that settled it.
     *
     * @param outcome what became of it: any but {@link Settlement#ALREADY_SETTLED}; {@link Settlement#NOT_OWNED} if its
     *     partition was revoked or lost, its position was reset, or the client was closed while it was open
     * @param reason what it was failed with or what its handler threw, as it was given: nothing is unwrapped, and text is a
     *     {@link FailureReason}; null if it was acked, was not failed, or was failed without a reason
     */
    default void settled(Settlement outcome, @Nullable Throwable reason) {}
}
