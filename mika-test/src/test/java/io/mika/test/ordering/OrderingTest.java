package io.mika.test.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.Ordering;
import io.mika.consumer.RetryableException;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who waits for whom. A handler that lets time pass is one that takes so long. */
class OrderingTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final List<String> begun = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private @Nullable MikaTester running;

    @AfterEach
    void close() {
        tester().close();
    }

    private MikaTester tester() {
        return Objects.requireNonNull(running);
    }

    private void start(Consumer<ConsumerOptions> options, DeliveryHandler handler) {
        running = MikaTester.builder().consumer("orders", options, handler).start();
    }

    private static String value(Delivery delivery) {
        return text(delivery.value());
    }

    private static String text(byte @Nullable [] bytes) {
        return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    /** Records whose value says "slow" take long. */
    private void handle(Delivery delivery) {
        begun.add(value(delivery));
        if (value(delivery).startsWith("slow")) {
            tester().advance(LONG);
        }
        ended.add(value(delivery));
        delivery.ack();
    }

    /** Key and value from texts like {@code a:slow}. */
    private void publish(String... records) {
        for (String record : records) {
            int colon = record.indexOf(':');
            tester().publish("orders", colon == 0 ? null : record.substring(0, colon), record.substring(colon + 1));
        }
    }

    @Nested
    class ByKey {
        @Test
        void aSlowKeyDelaysOnlyItself() {
            start(options -> options.ordering(Ordering.KEY), OrderingTest.this::handle);
            publish("a:slow a1", "b:b1", "a:a2", "c:c1", "b:b2", "a:a3");
            tester().runUntilIdle();

            assertThat(ended).containsExactly("b1", "c1", "b2", "slow a1", "a2", "a3");
            assertThat(tester().committed("orders", 0)).hasValue(6);
        }

        @Test
        void aSingleRecordThatComesMeanwhileDoesNotWaitForASlowOne() {
            start(options -> options.ordering(Ordering.KEY), delivery -> {
                if (value(delivery).equals("slow a1")) {
                    publish("b:b1"); // as many records as there are workers, and that one is in its call
                }
                handle(delivery);
            });
            publish("a:slow a1");
            tester().runUntilIdle();

            assertThat(ended).containsExactly("b1", "slow a1");
        }

        @Test
        void aKeyThatIsSlowForTenMinutesHoldsUpNoOther() {
            int keys = 1_000;
            int seconds = 600;
            int[] others = new int[1];
            int[] meanwhile = new int[1];
            start(options -> options.ordering(Ordering.KEY), delivery -> {
                if (value(delivery).equals("first")) {
                    for (int second = 0; second < seconds; second++) {
                        for (int key = 0; key < keys; key++) {
                            tester().publish("orders", "k" + key, "v");
                        }
                        tester().advance(Duration.ofSeconds(1));
                    }
                    meanwhile[0] = others[0];
                } else if (!"k0".equals(text(delivery.key()))) {
                    others[0]++;
                }
                delivery.ack();
            });
            publish("k0:first");
            tester().runUntilIdle();

            assertThat(meanwhile[0]).isEqualTo(seconds * (keys - 1));
            assertThat(tester().committed("orders", 0)).hasValue(1 + (long) seconds * keys);
        }

        @Test
        void recordsWithoutAKeyWaitForNone() {
            start(options -> options.ordering(Ordering.KEY), OrderingTest.this::handle);
            publish(":slow 1", ":2", ":3");
            tester().runUntilIdle();

            assertThat(ended).containsExactly("2", "3", "slow 1");
        }

        @Test
        void theWatermarkStaysAtTheSlowOne() {
            start(options -> options.ordering(Ordering.KEY), delivery -> deliveries.add(delivery));
            publish("a:a1", "b:b1", "c:c1");
            tester().runUntilIdle();
            deliveries.get(1).ack();
            deliveries.get(2).ack();
            tester().runUntilIdle();
            assertThat(tester().committed("orders", 0)).hasValue(0);

            deliveries.get(0).ack();
            tester().runUntilIdle();
            assertThat(tester().committed("orders", 0)).hasValue(3);
        }

        @Test
        void aKeyThatBacksOffWaitsAndNoOther() {
            start(
                    options -> options.ordering(Ordering.KEY).inPlaceRetries(1, Backoff.fixed(Duration.ofSeconds(1))),
                    delivery -> {
                        begun.add(value(delivery) + " " + delivery.attempt());
                        if (value(delivery).equals("a1") && delivery.attempt() == 1) {
                            throw new RetryableException("not yet");
                        }
                        delivery.ack();
                    });
            publish("a:a1", "a:a2", "b:b1");
            tester().runUntilIdle();
            assertThat(begun).containsExactly("a1 1", "b1 1");

            tester().advance(Duration.ofSeconds(1));
            assertThat(begun).containsExactly("a1 1", "b1 1", "a1 2", "a2 1");
            tester().runUntilIdle();
            assertThat(tester().committed("orders", 0)).hasValue(3);
        }

        @Test
        void aFailureAfterTheCallComesBeforeWhatIsNewOfItsKey() {
            start(
                    options -> options.ordering(Ordering.KEY).inPlaceRetries(1, Backoff.fixed(Duration.ofSeconds(1))),
                    delivery -> {
                        begun.add(value(delivery) + " " + delivery.attempt());
                        deliveries.add(delivery);
                    });
            publish("a:a1");
            tester().runUntilIdle();
            var unused = deliveries.get(0).retry(null);
            tester().runUntilIdle();
            publish("a:a2", "b:b1");
            tester().runUntilIdle();
            assertThat(begun).containsExactly("a1 1", "b1 1");

            tester().advance(Duration.ofSeconds(1));
            assertThat(begun).containsExactly("a1 1", "b1 1", "a1 2", "a2 1");
        }
    }

    @Nested
    class Unordered {
        @Test
        void allAreHandledAtOnceAsFarAsTheConcurrencyAllows() {
            start(options -> options.ordering(Ordering.NONE).concurrency(3), OrderingTest.this::handle);
            publish("a:slow 1", "a:slow 2", "a:slow 3", "a:slow 4");
            tester().runUntilIdle();

            assertThat(begun.subList(0, 3)).containsExactly("slow 1", "slow 2", "slow 3");
            assertThat(ended).hasSize(4);
            assertThat(begun.indexOf("slow 4")).isEqualTo(3);
        }

        @Test
        void oneInFlightIsStrictlyOne() {
            start(
                    options -> options.ordering(Ordering.NONE).concurrency(8).maxInFlight(1),
                    delivery -> deliveries.add(delivery));
            publish("a:1", "b:2", "c:3");
            tester().runUntilIdle();
            assertThat(deliveries).hasSize(1);

            deliveries.get(0).ack();
            tester().runUntilIdle();
            assertThat(deliveries).hasSize(2);
        }
    }

    @Nested
    class InPartitionOrder {
        @Test
        void aSlowRecordDelaysWhatIsBehindIt() {
            start(options -> {}, OrderingTest.this::handle);
            publish("a:slow 1", "b:2", "c:3");
            tester().runUntilIdle();

            assertThat(ended).containsExactly("slow 1", "2", "3");
        }

        @Test
        void whatIsLeftOpenWhenItComesAgainLeavesNoRoomForTheNext() {
            start(options -> options.maxInFlight(1).inPlaceRetries(1, Backoff.none()), delivery -> {
                deliveries.add(delivery);
                if (delivery.attempt() == 1) {
                    throw new RetryableException("again");
                }
            });
            publish("a:1", "b:2");
            tester().runUntilIdle();

            assertThat(deliveries).extracting(OrderingTest::value).containsExactly("1", "1");
        }
    }
}
