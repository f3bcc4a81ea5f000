package io.mika.consumer;

/**
 * A consumer as a class of its own: topic, options and handler in one place. Must be <i>thread-safe</i>, as a {@link
 * DeliveryHandler}. All but {@link #consume} is asked once, when it is given to the client's builder.
 */
public interface TopicConsumer {

    /**
     * The topic to consume.
     *
     * @return its name without the global suffix
     */
    String topic();

    /**
     * How often a retryable failure goes through the retry topic.
     *
     * @return hops, 0 for none; see {@link ConsumerOptions#retries(int)}
     */
    default int retries() {
        return 0;
    }

    /**
     * Whether failed records go to the dead letter queue.
     *
     * @return see {@link ConsumerOptions#useDlq()}
     */
    default boolean useDlq() {
        return false;
    }

    /**
     * Sets all other options. What {@link #retries()} and {@link #useDlq()} asked for is set already, and setting it
     * again is a configuration error.
     *
     * @param options the options of this consumer
     */
    default void configure(ConsumerOptions options) {}

    /**
     * Handles one record, as {@link DeliveryHandler#handle}.
     *
     * @param delivery the record, to be settled at any time
     * @throws Exception fails the delivery
     */
    void consume(Delivery delivery) throws Exception;
}
