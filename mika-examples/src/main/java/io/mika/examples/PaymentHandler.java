package io.mika.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.record.Origin;

/** A handler that may be given a record again, and books it once. */
// [start:handler]
final class PaymentHandler implements DeliveryHandler {
    interface Ledger {
        /** Does nothing if the id is there already: a unique column, in the same transaction as the booking. */
        void book(String id, String payment);
    }

    private final Ledger ledger;

    PaymentHandler(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void handle(Delivery delivery) {
        byte[] value = delivery.value();
        if (value != null) {
            Origin origin = delivery.origin().orElseThrow();
            ledger.book(origin.toString(), new String(value, UTF_8));
        }
        delivery.ack();
    }
}
// [end:handler]
