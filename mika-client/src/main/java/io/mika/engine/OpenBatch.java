package io.mika.engine;

import io.mika.consumer.Batch;
import io.mika.consumer.Delivery;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Deliveries of one consumer in the hands of its handler. <i>Immutable.</i> */
final class OpenBatch implements Batch {
    private final String topic;
    private final List<Delivery> deliveries;

    /** @param deliveries which nobody changes from here on */
    OpenBatch(String topic, List<? extends Delivery> deliveries) {
        this.topic = topic;
        this.deliveries = Collections.unmodifiableList(deliveries);
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int size() {
        return deliveries.size();
    }

    @Override
    public List<Delivery> deliveries() {
        return deliveries;
    }

    @Override
    public Iterator<Delivery> iterator() {
        return deliveries.iterator();
    }

    @Override
    public void ackAll() {
        deliveries.forEach(Delivery::ack);
    }

    @Override
    public CompletableFuture<Void> failAll(@Nullable Throwable reason) {
        CompletableFuture<?>[] outcomes =
                deliveries.stream().map(delivery -> delivery.fail(reason)).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(outcomes);
    }

    @Override
    public String toString() {
        return "batch of " + deliveries.size() + " of " + topic;
    }
}
