package io.mika.consumer;

import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Is told how the sending of one record ended; made by {@link DeliveryInterceptor#sending} or {@link
 * DeliveryObserver#sending}. One of the methods is called, once, on the client's callback thread; neither, if the client
 * could not close by its deadline.
 */
public interface SendObserver {

    /**
     * The brokers acknowledged the record.
     *
     * @param where partition and offset, with the topic's name on the wire
     */
    default void sent(RecordMetadata where) {}

    /**
     * Nobody knows that the record was written. The failure of one that was published is told to the application; a
     * record for the retry topic or the dead letter queue is sent again, or goes another way.
     *
     * @param error Kafka's reason, or the client's
     */
    default void failed(Throwable error) {}
}
