package io.mika.test;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handler that keeps its deliveries, so that a test settles them when it wants to. */
final class Inbox implements DeliveryHandler {
    private final List<Delivery> deliveries = new ArrayList<>();

    /** What was delivered and not taken. */
    final List<String> values = new ArrayList<>();

    @Override
    public void handle(Delivery delivery) {
        deliveries.add(delivery);
        values.add(text(delivery.value()));
    }

    static String text(byte @Nullable [] value) {
        return new String(Objects.requireNonNull(value), StandardCharsets.UTF_8);
    }

    /** The last delivery with this value. */
    Delivery delivery(String value) {
        for (int i = deliveries.size() - 1; i >= 0; i--) {
            if (values.get(i).equals(value)) {
                return deliveries.get(i);
            }
        }
        throw new AssertionError("not delivered: " + value + ", but " + values);
    }

    Settlement ack(String value) {
        return delivery(value).ack();
    }

    void ackAll() {
        deliveries.forEach(Delivery::ack);
    }

    List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    /** Forgets what was delivered so far. */
    void clear() {
        deliveries.clear();
        values.clear();
    }
}
