package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import io.mika.event.ClientListener;
import io.mika.event.StuckRecord;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deliveries that are open for longer than they may. */
class DeadlineTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final List<Delivery> taken = new ArrayList<>();
    private final List<StuckRecord> stuck = new ArrayList<>();
    private final List<UnroutableFailureException> unroutable = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void onStuck(StuckRecord record) {
            stuck.add(record);
        }

        @Override
        public void onUnroutable(UnroutableFailureException failure) {
            unroutable.add(failure);
        }
    };

    private MikaTester start(Consumer<ConsumerOptions> options) {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(listener)
                .consumer("orders", options, taken::add)
                .start();
    }

    private static ProducerRecord<byte[], byte[]> failed(String topic) {
        Headers headers = FailureHeaders.init(new RecordHeaders(), "test", topic, "no");
        return new ProducerRecord<>("retry", null, (byte[]) null, new byte[1], headers);
    }

    private static void publish(MikaTester tester, int records) {
        for (int i = 0; i < records; i++) {
            tester.publish("orders", "key" + i, "v" + i);
        }
        tester.runUntilIdle();
    }

    private List<Long> stuckOffsets() {
        return stuck.stream().map(StuckRecord::offset).toList();
    }

    @Test
    void theAgeOfARecordCountsFromItsOwnHandOut() {
        try (MikaTester tester = start(options -> options.ackDeadline(DEADLINE).maxInFlight(1))) {
            publish(tester, 5);
            for (int i = 0; i < 4; i++) {
                tester.advance(Duration.ofSeconds(20)); // together longer than the deadline
                taken.get(i).ack();
            }
            tester.advance(Duration.ofSeconds(20));

            assertThat(stuck).isEmpty();
            assertThat(tester.health().healthy()).isTrue();
        }
    }

    @Test
    void aRecordThatWaitedForItsRetryIsNotStuckWhenItIsHandedOut() {
        try (MikaTester tester =
                start(options -> options.ackDeadline(DEADLINE).retries(1, Backoff.fixed(Duration.ofMinutes(10))))) {
            publish(tester, 1);
            var unused = taken.get(0).retry(null);
            tester.advance(Duration.ofMinutes(11));
            assertThat(taken).hasSize(2);
            assertThat(stuckOffsets()).containsExactly(0L); // a minute after it was handed out
            tester.advance(Duration.ofSeconds(20));
        }
        assertThat(stuck.get(0).age()).isLessThan(Duration.ofMinutes(2));
    }

    @Test
    void aRetryIsStuckByTheDeadlineOfItsOwnConsumerAlsoInABatch() {
        List<Delivery> inBatches = new ArrayList<>();
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .listener(listener)
                .batchConsumer(
                        "orders",
                        options -> options.batch(10, Duration.ofMillis(10))
                                .ackDeadline(DEADLINE.multipliedBy(10))
                                .retries(1),
                        batch -> batch.forEach(inBatches::add))
                .consumer("payments", options -> options.ackDeadline(DEADLINE).retries(1), taken::add)
                .start()) {
            tester.publish("orders", "a", "1");
            tester.publish("payments", "b", "2");
            tester.advance(Duration.ofSeconds(1));
            var inBatch = inBatches.get(0).retry(null);
            var single = taken.get(0).retry(null);
            tester.advance(Duration.ofSeconds(1));
            assertThat(List.of(inBatch.join(), single.join())).containsOnly(Settlement.RETRIED);
            assertThat(inBatches).hasSize(2);
            taken.get(1).ack();

            tester.advance(DEADLINE.multipliedBy(9));
            assertThat(stuck).isEmpty();
            tester.advance(DEADLINE.multipliedBy(2));
            assertThat(stuck).extracting(StuckRecord::topic).containsExactly("retry");
        }
    }

    @Test
    void aRecordOnItsWayElsewhereIsInNoHandlersHands() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(listener)
                .unclaimedFor(Duration.ofSeconds(1))
                .consumer("orders", options -> options.ackDeadline(DEADLINE), taken::add)
                .start()) {
            tester.kafka().faults(new Faults() {
                @Override
                public Fate produce(ProducerRecord<byte[], byte[]> record) {
                    return record.topic().equals("dlq") ? Fate.late(Duration.ofSeconds(20)) : Fate.OK;
                }
            });
            tester.publish(failed("orders"));
            tester.runUntilIdle();
            taken.get(0).ack();
            tester.publish(failed("invoices")); // it waits here for as long as the deadline, then is written on
            tester.advance(Duration.ofSeconds(90));

            assertThat(tester.records("dlq")).hasSize(1);
            assertThat(stuck).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void retryGivesItAnotherAttempt(Ordering ordering) {
        try (MikaTester tester = start(options -> options.ordering(ordering)
                .ackDeadline(DEADLINE, DeadlinePolicy.RETRY)
                .retries(2)
                .useDlq())) {
            publish(tester, 2);
            taken.get(1).ack();
            tester.advance(Duration.ofSeconds(40));

            assertThat(stuckOffsets()).containsExactly(0L);
            assertThat(taken).hasSize(3);
            assertThat(taken.get(2).attempt()).isEqualTo(2);
            assertThat(taken.get(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
            taken.get(2).ack();
            tester.advance(Duration.ofMinutes(2));
            assertThat(tester.committed("orders", 0)).hasValue(2);
            assertThat(tester.records("dlq")).isEmpty();
        }
    }

    @Test
    void anAttemptThatIsStuckTooIsRetriedUntilNoneIsLeft() {
        try (MikaTester tester = start(options ->
                options.ackDeadline(DEADLINE, DeadlinePolicy.RETRY).retries(2).useDlq())) {
            publish(tester, 1);
            tester.advance(Duration.ofSeconds(200));

            assertThat(taken).hasSize(3);
            assertThat(tester.records("dlq")).hasSize(1);
            Headers dead = tester.records("dlq").get(0).headers();
            assertThat(Stream.of(dead.toArray()).map(header -> new String(header.value(), StandardCharsets.UTF_8)))
                    .contains("neither acked nor failed within PT30S");
        }
    }

    @Test
    void failGoesToTheDeadLetterQueue() {
        try (MikaTester tester = start(options ->
                options.ackDeadline(DEADLINE, DeadlinePolicy.FAIL).retries(2).useDlq())) {
            publish(tester, 1);
            tester.advance(Duration.ofSeconds(40));

            assertThat(taken).hasSize(1);
            assertThat(tester.records("dlq")).hasSize(1);
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }

    @Test
    void inPlaceTheOldDeliveryIsOver() {
        try (MikaTester tester = start(
                options -> options.ackDeadline(DEADLINE, DeadlinePolicy.RETRY).inPlaceRetries(5, Backoff.none()))) {
            publish(tester, 1);
            tester.advance(Duration.ofSeconds(40));

            assertThat(taken).hasSize(2);
            assertThat(taken.get(0).ack()).isEqualTo(Settlement.ALREADY_SETTLED);
            assertThat(taken.get(1).ack()).isEqualTo(Settlement.ACKED);
        }
    }

    @Test
    void whatHasNowhereToGoStaysOpenAndIsTriedAgainAfterAnotherDeadline() {
        try (MikaTester tester = start(options -> options.ackDeadline(DEADLINE, DeadlinePolicy.FAIL))) {
            publish(tester, 1);
            tester.advance(Duration.ofSeconds(40));
            assertThat(unroutable).hasSize(1);
            tester.advance(Duration.ofSeconds(40));
            assertThat(unroutable).hasSize(2);

            assertThat(taken.get(0).ack()).isEqualTo(Settlement.ACKED);
        }
    }

    @Test
    void everyOverdueDeliveryIsActedOnAlsoWhenOthersOfItsChunkAreLongSettled() {
        try (MikaTester tester = start(
                options -> options.ackDeadline(DEADLINE, DeadlinePolicy.FAIL).useDlq())) {
            publish(tester, 100);
            for (int i = 0; i < 100; i++) {
                if (i % 40 != 0) {
                    taken.get(i).ack();
                }
            }
            tester.advance(Duration.ofSeconds(40));

            assertThat(tester.records("dlq")).hasSize(3);
            assertThat(tester.committed("orders", 0)).hasValue(100);
        }
    }

    @Test
    void moreTimeIsGivenToWhoAsksForIt() {
        try (MikaTester tester = start(
                options -> options.ackDeadline(DEADLINE, DeadlinePolicy.FAIL).useDlq())) {
            publish(tester, 2);
            tester.advance(Duration.ofSeconds(20));
            taken.get(0).extend(Duration.ofMinutes(5));
            taken.get(0).extend(Duration.ofSeconds(1));
            tester.advance(Duration.ofMinutes(4));
            assertThat(stuckOffsets()).containsExactly(1L);
            assertThat(tester.records("dlq")).hasSize(1);

            tester.advance(Duration.ofMinutes(2));
            assertThat(stuckOffsets()).containsExactly(1L, 0L);
            assertThat(tester.records("dlq")).hasSize(2);
            assertThatThrownBy(() -> taken.get(0).extend(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("extend");
        }
    }

    @Test
    void moreTimeIsGivenWhereThereIsOnlyAReport() {
        try (MikaTester tester = start(options -> options.ackDeadline(DEADLINE))) {
            publish(tester, 1);
            taken.get(0).extend(Duration.ofMinutes(5));
            tester.advance(Duration.ofMinutes(4));
            assertThat(stuck).isEmpty();
            tester.advance(Duration.ofMinutes(2));

            assertThat(stuckOffsets()).containsExactly(0L);
            assertThat(tester.health().healthy()).isFalse();
        }
    }
}
