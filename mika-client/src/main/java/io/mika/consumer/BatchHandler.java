package io.mika.consumer;

/** What an application does with several records at once, a bulk insert for example. */
@FunctionalInterface
public interface BatchHandler {

    /**
     * Handles a batch. What is open when it returns stays open until it is settled; if it throws, what is open then fails
     * with what it threw.
     *
     * @param batch at least one delivery
     * @throws Exception fails the deliveries that are open
     */
    void handle(Batch batch) throws Exception;
}
