package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.event.AbandonedRecord;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NetworkException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that failed is settled when the brokers have it elsewhere, and not before. */
class WritesUnderWayTest {
    private static final Fate SLOWLY = Fate.answeredLate(Duration.ofSeconds(5));
    private static final Fate NEVER = Fate.answeredLate(Duration.ofHours(1));

    private final List<Settlement> settlements = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private int handed;

    private MikaTester.Builder builder(boolean retryable) {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .topic("orders", 2)
                .listener(new ClientListener() {
                    @Override
                    public void onWriteFailed(String topic, Throwable error) {
                        told.add(topic + " " + error.getMessage());
                    }
                })
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    handed++;
                    if (delivery.attempt() > 1) {
                        delivery.ack();
                        return;
                    }
                    Exception reason = retryable ? new RetryableException("no") : new IllegalStateException("no");
                    var unused = delivery.fail(reason).thenAccept(settlements::add);
                });
    }

    private static long committed(MikaTester tester) {
        return tester.committed("orders", 0).orElse(0)
                + tester.committed("orders", 1).orElse(0);
    }

    private static TopicFaults faults(MikaTester tester, String topic) {
        TopicFaults faults = new TopicFaults(topic);
        tester.kafka().faults(faults);
        return faults;
    }

    @ParameterizedTest
    @CsvSource({"retry, true, RETRIED", "dlq, false, DEAD_LETTERED"})
    void nothingIsCommittedBeforeTheBrokersAnswered(String topic, boolean retryable, Settlement settlement) {
        try (MikaTester tester = builder(retryable).start()) {
            faults(tester, topic).always(SLOWLY);
            tester.publish("orders", "k", "apples");
            tester.advance(Duration.ofSeconds(4));
            assertThat(tester.records(topic)).as("they have it").hasSize(1);
            assertThat(committed(tester)).isZero();
            assertThat(settlements).isEmpty();

            tester.advance(Duration.ofSeconds(2));
            assertThat(committed(tester)).isEqualTo(1);
            assertThat(settlements).containsExactly(settlement);
        }
    }

    @ParameterizedTest
    @CsvSource({"retry, true, RETRIED", "dlq, false, DEAD_LETTERED"})
    void anUnknownOutcomeIsNoOutcome(String topic, boolean retryable, Settlement settlement) {
        try (MikaTester tester = builder(retryable).start()) {
            TopicFaults faults = faults(tester, topic)
                    .next(
                            Fate.failed(new NetworkException("gone before")),
                            Fate.failedThoughApplied(new NetworkException("gone after")),
                            Fate.unanswered(),
                            Fate.lost());
            tester.publish("orders", "k", "apples");
            tester.advance(Duration.ofSeconds(2));
            assertThat(faults.writes()).isEqualTo(3);
            assertThat(committed(tester)).isZero();

            tester.advance(Duration.ofMinutes(5));
            assertThat(faults.writes()).isEqualTo(5);
            assertThat(tester.records(topic)).as("twice, and once more").hasSize(3);
            assertThat(settlements).containsExactly(settlement);
            assertThat(committed(tester)).isEqualTo(1);
            assertThat(told).hasSize(4).startsWith(topic + " gone before", topic + " gone after");
        }
    }

    @Test
    void whatIsPublishedTwiceIsHandledTwice() {
        try (MikaTester tester = builder(true).start()) {
            faults(tester, "retry").next(Fate.failedThoughApplied(new NetworkException("gone after")));
            tester.publish("orders", "k", "apples");
            tester.advance(Duration.ofSeconds(1));

            assertThat(handed).isEqualTo(3);
            assertThat(tester.committed("retry", 0)).hasValue(2);
        }
    }

    @Test
    void aProducerThatBreaksLosesNothing() {
        try (MikaTester tester = builder(false).start()) {
            TopicFaults faults = faults(tester, "dlq").always(NEVER);
            tester.publish("orders", "k", "apples");
            tester.publish("orders", "l", "pears");
            tester.runUntilIdle();
            tester.kafka().breakProducers(new IllegalStateException("fenced"));
            faults.always(Fate.OK);
            tester.advance(Duration.ofSeconds(5));

            assertThat(settlements).containsExactly(Settlement.DEAD_LETTERED, Settlement.DEAD_LETTERED);
            assertThat(committed(tester)).isEqualTo(2);
        }
    }

    @Nested
    class WhenThePartitionsGo {
        private static final int RECORDS = 10;

        private void publish(MikaTester tester) {
            for (int i = 0; i < RECORDS; i++) {
                tester.publish("orders", "k" + i, "v" + i);
            }
            tester.runUntilIdle();
        }

        @Test
        void theRevokeWaitsForWhatTheBrokersAnswerInTime() {
            try (MikaTester tester = builder(false).start()) {
                faults(tester, "dlq").always(SLOWLY);
                publish(tester);
                try (MikaTester other = tester.another()) {
                    tester.advance(Duration.ofSeconds(20));

                    assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.DEAD_LETTERED);
                    assertThat(handed).as("none is handed out again").isEqualTo(RECORDS);
                    assertThat(committed(other)).isEqualTo(RECORDS);
                }
            }
        }

        @Test
        void theNextOwnerIsGivenTheRest() {
            try (MikaTester tester = builder(false).start()) {
                TopicFaults faults = faults(tester, "dlq").always(NEVER);
                publish(tester);
                faults.always(Fate.OK);
                try (MikaTester other = tester.another()) {
                    tester.advance(Duration.ofSeconds(20));

                    int moved = (int) settlements.stream()
                            .filter(Settlement.NOT_OWNED::equals)
                            .count();
                    assertThat(moved).isPositive();
                    assertThat(handed).isEqualTo(RECORDS + moved);
                    assertThat(settlements)
                            .as("by the next owner")
                            .filteredOn(Settlement.DEAD_LETTERED::equals)
                            .hasSize(moved);
                    assertThat(committed(other))
                            .as("what is still under way holds its own partition")
                            .isEqualTo(moved);
                }
            }
        }

        @Test
        void whatWasNotSentYetIsLeftToTheNextOwner() {
            try (MikaTester tester = builder(false).start()) {
                TopicFaults faults = faults(tester, "dlq").always(Fate.failed(new NetworkException("gone")));
                publish(tester);
                try (MikaTester other = tester.another()) {
                    tester.advance(Duration.ofSeconds(20));
                    assertThat(settlements).isNotEmpty().containsOnly(Settlement.NOT_OWNED);

                    faults.always(Fate.OK);
                    tester.advance(Duration.ofMinutes(1));
                    assertThat(tester.records("dlq")).as("one copy of each").hasSize(RECORDS);
                    assertThat(committed(other)).isEqualTo(RECORDS);
                }
            }
        }

        @Test
        void aCloseWaitsForWhatTheBrokersAnswerInTime() {
            MikaTester tester = builder(false).start();
            faults(tester, "dlq").always(SLOWLY);
            publish(tester);

            CloseReport report = tester.close(Duration.ofSeconds(20));
            assertThat(report.drained()).isTrue();
            assertThat(report.abandoned()).isEmpty();
            assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.DEAD_LETTERED);
            assertThat(committed(tester)).isEqualTo(RECORDS);
        }

        @Test
        void aCloseThatCannotWaitNamesWhatItAbandons() {
            MikaTester tester = builder(false).start();
            faults(tester, "dlq").always(NEVER);
            publish(tester);

            CloseReport report = tester.close(Duration.ofSeconds(4));
            assertThat(report.drained()).isFalse();
            assertThat(report.abandoned())
                    .hasSize(RECORDS)
                    .extracting(AbandonedRecord::topic)
                    .containsOnly("orders");
            assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.NOT_OWNED);
            assertThat(committed(tester)).isZero();
        }

        @Test
        void closeNowWaitsForNone() {
            MikaTester tester = builder(false).start();
            faults(tester, "dlq").always(SLOWLY);
            publish(tester);

            CloseReport report = tester.closeNow();
            assertThat(report.abandoned()).hasSize(RECORDS);
            assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.NOT_OWNED);
            assertThat(committed(tester)).isZero();
        }

        @Test
        void whatWaitsForABackoffIsNotSentAfterTheEnd() {
            MikaTester tester = builder(false).start();
            TopicFaults faults = faults(tester, "dlq").always(Fate.failed(new NetworkException("gone")));
            publish(tester);
            CompletableFuture<CloseReport> closing = tester.closeGracefully(Duration.ofSeconds(4));
            tester.advance(Duration.ofSeconds(5));
            assertThat(closing).isCompleted();
            int writes = faults.writes();

            faults.always(Fate.OK);
            tester.advance(Duration.ofMinutes(1));
            assertThat(faults.writes()).isEqualTo(writes);
            assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.NOT_OWNED);
        }
    }
}
