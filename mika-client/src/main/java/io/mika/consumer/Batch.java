package io.mika.consumer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Records that a {@link BatchHandler} is given together. Each is a {@link Delivery} and is settled for itself: one that
 * fails does not fail the others. <i>Thread-safe.</i>
 */
public interface Batch extends Iterable<Delivery> {

    /**
     * The topic without the global suffix, also for attempts from the retry topic.
     *
     * @return the topic that the handler was bound to
     */
    String topic();

    /**
     * How many deliveries there are.
     *
     * @return at least 1
     */
    int size();

    /**
     * The deliveries; those of one partition in the order of their offsets, as far as the consumer's ordering keeps it.
     *
     * @return immutable
     */
    List<Delivery> deliveries();

    /** Acks those that are open. */
    void ackAll();

    /**
     * Fails those that are open, as by {@link Delivery#fail(Throwable)}.
     *
     * @param reason null for an unknown one
     * @return completes when each has its outcome, and exceptionally if one has nowhere to go
     */
    CompletableFuture<Void> failAll(@Nullable Throwable reason);
}
