package io.mika.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.error.UnroutableFailureException;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import io.mika.test.TestDelivery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderHandlerTest {
    private final List<String> charged = new ArrayList<>();
    private final OrderHandler handler = new OrderHandler(this::charge);

    private void charge(String order) throws IOException {
        if (order.equals("plums")) {
            throw new IOException("no funds for " + order);
        }
        charged.add(order);
    }

    // [start:delivery]
    @Test
    void anOrderIsChargedAndAcked() throws Exception {
        TestDelivery delivery = TestDelivery.of("orders", "customer-7", "apples");

        handler.handle(delivery);

        assertThat(charged).containsExactly("apples");
        assertThat(delivery.isAcked()).isTrue();
    }

    @Test
    void anOrderThatCannotBeChargedIsNotAcked() {
        TestDelivery delivery = TestDelivery.of("orders", "customer-7", "plums");

        assertThatThrownBy(() -> handler.handle(delivery)).hasMessage("no funds for plums");

        assertThat(delivery.isAcked()).isFalse();
    }
    // [end:delivery]

    // [start:tester]
    @Test
    void anOrderThatCannotBeChargedHoldsTheCommitBack() {
        try (MikaTester tester =
                MikaTester.builder().consumer("orders", handler).start()) {
            tester.publish("orders", "customer-7", "apples");
            tester.publish("orders", "customer-7", "plums");
            tester.publish("orders", "customer-7", "pears");
            tester.runUntilIdle();

            assertThat(charged).containsExactly("apples", "pears");
            assertThat(tester.errors()).singleElement().isInstanceOf(UnroutableFailureException.class);
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }
    // [end:tester]

    // [start:failures]
    @Test
    void anOrderThatCannotBeChargedIsTriedAgainAndThenPutAside() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer(
                        "orders",
                        options -> options.retries(2, Backoff.fixed(Duration.ofMinutes(10)))
                                .retryOn(IOException.class)
                                .useDlq(),
                        handler)
                .start()) {
            tester.publish("orders", "customer-7", "plums");
            tester.advance(Duration.ofMinutes(20).minusMillis(1));
            assertThat(tester.records("retry")).hasSize(2);
            assertThat(tester.records("dlq")).isEmpty();

            tester.advance(Duration.ofMillis(1));
            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                FailureHeaders failure =
                        FailureHeaders.read(record.headers(), "test").orElseThrow();
                assertThat(failure.attempts()).isEqualTo(3);
                assertThat(failure.message()).isEqualTo("no funds for plums");
            });
        }
    }
    // [end:failures]

    // [start:late]
    @Test
    void aRecordThatIsAckedAnHourLaterIsCommittedThen() {
        List<Delivery> taken = new ArrayList<>();
        try (MikaTester tester =
                MikaTester.builder().consumer("orders", taken::add).start()) {
            tester.publish("orders", "customer-7", "apples");
            tester.advance(Duration.ofHours(1));
            assertThat(tester.committed("orders", 0)).hasValue(0);

            taken.get(0).ack();
            tester.runUntilIdle();
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }
    // [end:late]
}
