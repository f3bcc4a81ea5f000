package io.mika.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Source;
import io.mika.record.Origin;
import io.mika.test.TestDelivery;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaymentHandlerTest {
    private final Map<String, String> booked = new LinkedHashMap<>();
    private final PaymentHandler handler = new PaymentHandler(booked::putIfAbsent);

    @Test
    void aPaymentThatComesAgainIsBookedOnce() {
        TestDelivery first =
                TestDelivery.builder("payments").value("7 euros").at(3, 42).build();
        TestDelivery retry = TestDelivery.builder("payments")
                .value("7 euros")
                .source(Source.RETRY)
                .origin(new Origin("payments", 3, 42))
                .at(0, 5)
                .build();

        handler.handle(first);
        handler.handle(retry);

        assertThat(booked).containsExactly(Map.entry("payments-3@42", "7 euros"));
        assertThat(retry.isAcked()).isTrue();
    }
}
