package io.mika.consumer;

/**
 * The application's code for the records of one topic.
 *
 * <p>Called for one record of a partition after another, in offset order, the next when the previous call has returned;
 * for records of different partitions at once, so an implementation must be <i>thread-safe</i>. It may block for as
 * long as it needs: other partitions go on, and the consumer group does not notice.
 *
 * <p>A call that returns settles nothing: {@link Delivery#ack()} or {@link Delivery#fail(Throwable)} does, then or
 * later, on any thread. {@link Handlers#autoAck} is there for those who want the return to be the ack.
 */
@FunctionalInterface
public interface DeliveryHandler {

    /**
     * Handles one record.
     *
     * @param delivery the record, to be settled at any time
     * @throws Exception fails the delivery with what was thrown, unless it is settled already: then it is reported as
     *     an error and changes nothing. An {@link Error} fails it too and is then passed on to the thread's handler of
     *     uncaught exceptions.
     */
    void handle(Delivery delivery) throws Exception;
}
