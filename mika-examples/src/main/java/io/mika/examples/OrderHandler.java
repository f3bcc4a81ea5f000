package io.mika.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import java.io.IOException;

/** A handler with something to do, and its tests beside it. */
// [start:handler]
final class OrderHandler implements DeliveryHandler {
    interface Bank {
        void charge(String order) throws IOException;
    }

    private final Bank bank;

    OrderHandler(Bank bank) {
        this.bank = bank;
    }

    @Override
    public void handle(Delivery delivery) throws IOException {
        byte[] value = delivery.value();
        if (value != null) {
            bank.charge(new String(value, UTF_8));
        }
        delivery.ack();
    }
}
// [end:handler]
