package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.error.UnroutableFailureException;
import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import io.mika.test.MikaTester;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Where failed records go: the table of outcomes, in virtual time. */
class FailuresTest {
    private final List<Delivery> deliveries = new ArrayList<>();

    private static MikaTester.Builder builder() {
        return MikaTester.builder().retryTopic("retry").dlqTopic("dlq");
    }

    private static String value(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
    }

    private static FailureHeaders headers(ConsumerRecord<byte[], byte[]> record) {
        return FailureHeaders.read(record.headers(), "test").orElseThrow();
    }

    private List<String> seen() {
        return deliveries.stream()
                .map(delivery -> value(delivery) + " " + delivery.source() + " " + delivery.attempt())
                .toList();
    }

    @Nested
    class ThroughTheRetryTopic {
        @Test
        void aRetryableFailureComesBackUntilItIsAcked() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(2).useDlq(), delivery -> {
                        deliveries.add(delivery);
                        if (delivery.attempt() < 3) {
                            throw new RetryableException("not yet");
                        }
                        delivery.ack();
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(seen()).containsExactly("apples TOPIC 1", "apples RETRY 2", "apples RETRY 3");
                assertThat(tester.records("dlq")).isEmpty();
                assertThat(tester.committed("orders", 0)).hasValue(1);
                assertThat(tester.committed("retry", 0)).hasValue(2);
            }
        }

        @Test
        void whatFailsOnceTooOftenIsDeadLettered() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(2).useDlq(), delivery -> {
                        deliveries.add(delivery);
                        throw new RetryableException("never");
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(seen()).containsExactly("apples TOPIC 1", "apples RETRY 2", "apples RETRY 3");
                assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                    assertThat(headers(record).retries()).hasValue(2);
                    assertThat(headers(record).attempts()).isEqualTo(3);
                    assertThat(headers(record).message()).isEqualTo("never");
                    assertThat(headers(record).origin()).hasValue(new Origin("orders", 0, 0));
                });
            }
        }

        @Test
        void aDeliveryFromTheRetryTopicKnowsWhereItCameFrom() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(1), delivery -> {
                        deliveries.add(delivery);
                        if (delivery.source() == Source.TOPIC) {
                            throw new RetryableException("not yet");
                        }
                        delivery.ack();
                    })
                    .start()) {
                tester.publish("orders", "k", "pears");
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                Delivery again = deliveries.get(3);
                assertThat(again.topic()).isEqualTo("orders");
                assertThat(again.record().topic()).isEqualTo("retry");
                assertThat(again.origin()).hasValue(new Origin("orders", 0, 1));
                assertThat(again.failure())
                        .hasValueSatisfying(
                                failure -> assertThat(failure.message()).isEqualTo("not yet"));
            }
        }

        @Test
        void aRecordThatIsNotDueWaitsAndHoldsUpNobody() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(1), delivery -> {
                        deliveries.add(delivery);
                        if (delivery.source() == Source.TOPIC) {
                            boolean slow = value(delivery).equals("slow");
                            var unused = delivery.retry(null, slow ? Duration.ofMinutes(10) : Duration.ofSeconds(1));
                        } else {
                            delivery.ack();
                        }
                    })
                    .start()) {
                tester.publish("orders", "k", "slow");
                tester.publish("orders", "k", "quick");
                tester.runUntilIdle();
                assertThat(seen()).containsExactly("slow TOPIC 1", "quick TOPIC 1");

                tester.advance(Duration.ofMillis(999));
                assertThat(deliveries).hasSize(2);
                tester.advance(Duration.ofMillis(1));
                assertThat(seen()).endsWith("quick RETRY 2");

                tester.advance(Duration.ofMinutes(10).minusMillis(1001));
                assertThat(deliveries).hasSize(3);
                tester.advance(Duration.ofMillis(1));
                assertThat(seen()).endsWith("slow RETRY 2");
                tester.runUntilIdle();
                assertThat(tester.committed("retry", 0)).hasValue(2);
            }
        }

        @Test
        void theBackoffOfTheOptionsSaysHowLong() {
            try (MikaTester tester = builder()
                    .consumer(
                            "orders",
                            options -> options.retries(
                                    2, Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(1))),
                            delivery -> {
                                deliveries.add(delivery);
                                throw new RetryableException("no");
                            })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.advance(Duration.ofMillis(999));
                assertThat(deliveries).hasSize(1);
                tester.advance(Duration.ofMillis(1));
                assertThat(deliveries).hasSize(2);
                tester.advance(Duration.ofMillis(1999));
                assertThat(deliveries).hasSize(2);
                tester.advance(Duration.ofMillis(1));
                assertThat(deliveries).hasSize(3);
            }
        }
    }

    @Nested
    class ToTheDeadLetterQueue {
        @Test
        void aFatalFailureSkipsTheRetryTopic() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(5).useDlq(), delivery -> {
                        deliveries.add(delivery);
                        throw new IOException("no funds");
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(seen()).containsExactly("apples TOPIC 1");
                assertThat(tester.records("retry")).isEmpty();
                assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                    assertThat(headers(record).retries()).hasValue(0);
                    assertThat(headers(record).exceptionClass()).hasValue("java.io.IOException");
                });
                assertThat(tester.committed("orders", 0)).hasValue(1);
            }
        }

        @Test
        void theFutureTellsTheSettlement() {
            List<Settlement> settlements = new ArrayList<>();
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                        var unused = delivery.retry(new IOException("no")).thenAccept(settlements::add);
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(settlements).containsExactly(Settlement.RETRIED, Settlement.DEAD_LETTERED);
            }
        }

        @Test
        void withoutOneTheDeliveryIsOpenAgain() {
            try (MikaTester tester = builder()
                    .consumer("orders", options -> options.retries(1), delivery -> {
                        deliveries.add(delivery);
                        throw new RetryableException("no");
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(tester.errors()).singleElement().isInstanceOf(UnroutableFailureException.class);
                assertThat(tester.committed("retry", 0)).hasValue(0);
                assertThat(deliveries.get(1).ack()).isEqualTo(Settlement.ACKED);
                tester.runUntilIdle();
                assertThat(tester.committed("retry", 0)).hasValue(1);
            }
        }
    }

    @Nested
    class InPlace {
        @Test
        void theHandlerGetsItAgainBeforeAnyOtherRecord() {
            try (MikaTester tester = MikaTester.builder()
                    .consumer(
                            "orders",
                            options -> options.inPlaceRetries(2, Backoff.fixed(Duration.ofSeconds(1))),
                            delivery -> {
                                deliveries.add(delivery);
                                if (value(delivery).equals("apples") && delivery.attempt() < 3) {
                                    throw new RetryableException("not yet");
                                }
                                delivery.ack();
                            })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.publish("orders", "k", "pears");
                tester.runUntilIdle();
                assertThat(seen()).containsExactly("apples TOPIC 1");

                tester.advance(Duration.ofSeconds(1));
                assertThat(seen()).endsWith("apples TOPIC 2");
                tester.advance(Duration.ofSeconds(1));
                assertThat(seen())
                        .containsExactly("apples TOPIC 1", "apples TOPIC 2", "apples TOPIC 3", "pears TOPIC 1");
                tester.runUntilIdle();
                assertThat(tester.committed("orders", 0)).hasValue(2);
            }
        }

        @Test
        void theEarlierDeliveryIsNoDeliveryOfItAnyMore() {
            List<Settlement> settlements = new ArrayList<>();
            try (MikaTester tester = MikaTester.builder()
                    .consumer("orders", options -> options.inPlaceRetries(1, Backoff.none()), delivery -> {
                        deliveries.add(delivery);
                        if (delivery.attempt() == 1) {
                            var unused = delivery.retry(null).thenAccept(settlements::add);
                        }
                    })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(settlements).containsExactly(Settlement.RETRIED_IN_PLACE);
                assertThat(deliveries.get(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
                assertThat(deliveries.get(0).fail("again")).isCompletedWithValue(Settlement.ALREADY_SETTLED);
                assertThat(tester.committed("orders", 0)).hasValue(0);
                assertThat(deliveries.get(1).ack()).isEqualTo(Settlement.ACKED);
            }
        }

        @Test
        void theTriesAreNoHops() {
            try (MikaTester tester = builder()
                    .consumer(
                            "orders",
                            options -> options.inPlaceRetries(2, Backoff.none())
                                    .retries(1)
                                    .useDlq(),
                            delivery -> {
                                deliveries.add(delivery);
                                throw new RetryableException("no");
                            })
                    .start()) {
                tester.publish("orders", "k", "apples");
                tester.runUntilIdle();

                assertThat(seen())
                        .containsExactly("apples TOPIC 1", "apples TOPIC 2", "apples TOPIC 3", "apples RETRY 4");
                assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                    assertThat(headers(record).retries()).hasValue(1);
                    assertThat(headers(record).attempts()).isEqualTo(4);
                });
            }
        }
    }
}
