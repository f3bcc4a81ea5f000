package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import io.mika.consumer.RetryableException;
import io.mika.error.UnknownConsumerException;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Consumers that are switched off and on, and slowed down, while the client runs. */
class ConsumerSwitchTest {
    private final List<String> handled = new ArrayList<>();

    private void handle(Delivery delivery) {
        handled.add(new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8));
        delivery.ack();
    }

    private MikaTester start(Consumer<ConsumerOptions> options) {
        return MikaTester.builder()
                .consumer("orders", options, this::handle)
                .consumer("payments", this::handle)
                .start();
    }

    private static void publish(MikaTester tester, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            tester.publish(topic, "k" + i % 2, topic + i);
        }
        tester.runUntilIdle();
    }

    @ParameterizedTest
    @EnumSource
    void aDisabledConsumerIsGivenNothingAndLosesNothing(Ordering ordering) {
        try (MikaTester tester = start(options -> options.ordering(ordering))) {
            CompletableFuture<Void> disabled = tester.disableConsumer("orders");
            tester.runUntilIdle();
            assertThat(disabled).isCompleted();

            publish(tester, "orders", 0, 3);
            publish(tester, "payments", 0, 1);
            assertThat(handled).containsExactly("payments0");
            assertThat(tester.committed("orders", 0)).hasValue(0);

            CompletableFuture<Void> enabled = tester.enableConsumer("orders");
            tester.runUntilIdle();
            assertThat(enabled).isCompleted();
            assertThat(handled).containsExactly("payments0", "orders0", "orders1", "orders2");
            assertThat(tester.committed("orders", 0)).hasValue(3);
        }
    }

    @Test
    void whatIsQueuedIsKept() {
        List<Delivery> taken = new ArrayList<>();
        try (MikaTester tester = MikaTester.builder()
                .consumer("orders", options -> options.maxInFlight(1), taken::add)
                .start()) {
            publish(tester, "orders", 0, 3);
            var unused = tester.disableConsumer("orders");
            tester.runUntilIdle();
            taken.get(0).ack();
            tester.advance(Duration.ofSeconds(5));
            assertThat(taken).hasSize(1);

            CompletableFuture<Void> enabled = tester.enableConsumer("orders");
            tester.advance(Duration.ofSeconds(5));
            assertThat(enabled).isCompleted();
            assertThat(taken).hasSize(2);
        }
    }

    @Test
    void itStaysDisabledOverARebalance() {
        try (MikaTester tester = start(options -> options.disabled())) {
            try (MikaTester other = tester.another()) {
                tester.advance(Duration.ofSeconds(20));
                publish(tester, "orders", 0, 3);
                assertThat(handled).isEmpty();
                assertThat(other.kafka().group("test").members()).hasSize(2);
            }
            tester.advance(Duration.ofSeconds(20));
            assertThat(handled).isEmpty();

            CompletableFuture<Void> enabled = tester.enableConsumer("orders");
            tester.runUntilIdle();
            assertThat(enabled).isCompleted();
            assertThat(handled).hasSize(3);
        }
    }

    @Test
    void aDisabledConsumersRetriesAreHeldAndOthersGoOn() {
        List<String> retried = new ArrayList<>();
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .consumer("orders", options -> options.retries(1), delivery -> failOnce(delivery, retried))
                .consumer("payments", options -> options.retries(1), delivery -> failOnce(delivery, retried))
                .start()) {
            tester.publish("orders", null, "a");
            tester.publish("payments", null, "b");
            tester.runUntilIdle();
            var unused = tester.disableConsumer("orders");
            tester.advance(Duration.ofSeconds(2));
            assertThat(retried).containsExactly("payments");

            CompletableFuture<Void> enabled = tester.enableConsumer("orders");
            tester.runUntilIdle();
            assertThat(enabled).isCompleted();
            assertThat(retried).containsExactly("payments", "orders");
        }
    }

    private static void failOnce(Delivery delivery, List<String> retried) {
        if (delivery.attempt() == 1) {
            throw new RetryableException("later").after(Duration.ofSeconds(1));
        }
        retried.add(delivery.topic());
        delivery.ack();
    }

    @ParameterizedTest
    @EnumSource
    void noMoreInASecondThanTheRate(Ordering ordering) {
        try (MikaTester tester = start(options -> options.ordering(ordering).rateLimit(10))) {
            publish(tester, "orders", 0, 30);
            assertThat(handled).hasSize(1);
            tester.advance(Duration.ofSeconds(1));
            assertThat(handled).hasSize(11);

            CompletableFuture<Void> faster = tester.rateLimit("orders", 1000);
            tester.advance(Duration.ofSeconds(1));
            assertThat(faster).isCompleted();
            assertThat(handled).hasSize(30);
            assertThat(tester.committed("orders", 0)).hasValue(30);
        }
    }

    @Test
    void aRateOfZeroHolds() {
        try (MikaTester tester = start(options -> options.rateLimit(0))) {
            publish(tester, "orders", 0, 3);
            tester.advance(Duration.ofHours(1));
            assertThat(handled).isEmpty();
        }
    }

    @Test
    void aTopicWithoutAConsumerIsUnknown() {
        try (MikaTester tester = start(options -> {})) {
            assertThat(tester.disableConsumer("invoices"))
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(UnknownConsumerException.class)
                    .withMessageContaining("orders, payments");
        }
    }

    @Test
    void whatWasSettledBeforeARestartTakesNoPermit() {
        MikaTester.Builder plan = MikaTester.builder().consumer("orders", options -> {}, delivery -> {
            if (delivery.record().offset() % 99 == 0) {
                handled.add("orders" + delivery.record().offset());
            } else {
                delivery.ack();
            }
        });
        MikaTester first = plan.start();
        publish(first, "orders", 0, 100);
        first.advance(Duration.ofSeconds(2));
        first.kill();
        handled.clear();
        try (MikaTester second = first.another()) {
            var unused = second.rateLimit("orders", 1);
            second.advance(Duration.ofSeconds(50));

            assertThat(handled).containsExactly("orders0", "orders99");
        }
    }
}
