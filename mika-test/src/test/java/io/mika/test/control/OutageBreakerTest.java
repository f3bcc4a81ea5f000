package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import io.mika.consumer.OutageBreaker;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While nothing of a consumer succeeds its records stay where they are. */
class OutageBreakerTest {
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<CompletableFuture<Settlement>> outcomes = new ArrayList<>();
    private boolean down = true;
    private boolean hangs;
    private String poison = "";

    private final ClientListener listener = new ClientListener() {
        @Override
        public void onOutageBegan(String topic) {
            told.add("began " + topic);
        }

        @Override
        public void onOutageEnded(String topic) {
            told.add("ended " + topic);
        }
    };

    private MikaTester.Builder builder(Consumer<ConsumerOptions> options) {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(listener)
                .outageBreaker(OutageBreaker.create()
                        .noAckFor(Duration.ofSeconds(30))
                        .failures(5)
                        .probeEvery(Duration.ofSeconds(10)))
                .consumer("orders", options, this::handle);
    }

    private void handle(Delivery delivery) {
        deliveries.add(delivery);
        if (hangs) {
            return;
        }
        if (down || value(delivery).equals(poison)) {
            outcomes.add(delivery.fail(new RetryableException("down")));
        } else {
            delivery.ack();
        }
    }

    private static String value(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
    }

    private static void publish(MikaTester tester, int from, int to) {
        for (int i = from; i < to; i++) {
            tester.publish("orders", "k" + i % 2, "v" + i);
        }
        tester.runUntilIdle();
    }

    /** Five failures over forty seconds. */
    private static MikaTester inOutage(MikaTester tester) {
        publish(tester, 0, 4);
        tester.advance(Duration.ofSeconds(40));
        publish(tester, 4, 5);
        return tester;
    }

    private List<String> values() {
        return deliveries.stream().map(OutageBreakerTest::value).toList();
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    @Test
    void whatFailsInAnOutageStaysAndWhatFailedBeforeWentItsWay() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            publish(tester, 5, 20);
            tester.advance(Duration.ofSeconds(5));

            assertThat(told).containsExactly("began orders");
            assertThat(tester.records("dlq")).hasSize(4);
            assertThat(outcomes.get(4)).isCompletedWithValue(Settlement.RETRIED_IN_PLACE);
            assertThat(values()).containsExactlyElementsOf(values(0, 5));
            assertThat(tester.committed("orders", 0)).hasValue(4);
        }
    }

    @Test
    void oneProbeIsMadeInEachInterval() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            publish(tester, 5, 20);
            deliveries.clear();
            tester.advance(Duration.ofSeconds(35));

            assertThat(values()).containsExactly("v4", "v4", "v4");
            assertThat(deliveries.get(2).attempt()).isEqualTo(4);
            assertThat(tester.records("dlq")).hasSize(4);
        }
    }

    @Test
    void theFirstAckEndsItAndAllGoOnInOrder() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            publish(tester, 5, 20);
            deliveries.clear();
            down = false;
            tester.advance(Duration.ofSeconds(11));

            assertThat(values()).containsExactlyElementsOf(values(4, 20));
            assertThat(told).containsExactly("began orders", "ended orders");
            assertThat(tester.committed("orders", 0)).hasValue(20);
            assertThat(tester.health().healthy()).isTrue();
        }
    }

    @Test
    void itIsSeen() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            tester.advance(Duration.ofSeconds(2));

            assertThat(tester.health().reasons())
                    .anySatisfy(reason -> assertThat(reason).contains("outage", "orders"));
            assertThat(tester.explain().partitions())
                    .filteredOn(each -> each.partition().equals(new TopicPartition("orders", 0)))
                    .flatExtracting(Explanation.Partition::pausedBy)
                    .containsExactly("outage");
        }
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    void everyOrderingIsProbedAndLosesNothing(Ordering ordering) {
        try (MikaTester tester =
                inOutage(builder(options -> options.useDlq().ordering(ordering)).start())) {
            publish(tester, 5, 20);
            deliveries.clear();
            tester.advance(Duration.ofSeconds(25));
            assertThat(deliveries).hasSize(2);

            down = false;
            deliveries.clear();
            tester.advance(Duration.ofSeconds(11));

            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(4, 20));
            if (ordering != Ordering.NONE) {
                assertThat(values())
                        .filteredOn(value -> Integer.parseInt(value.substring(1)) % 2 == 0)
                        .containsExactly("v4", "v6", "v8", "v10", "v12", "v14", "v16", "v18");
            }
        }
    }

    @Test
    void whatIsDueInTheRetryTopicStaysThereAndIsProbed() {
        try (MikaTester tester = inOutage(builder(options -> options.retries(1, Backoff.fixed(Duration.ofSeconds(60)))
                        .useDlq())
                .start())) {
            tester.advance(Duration.ofSeconds(15));
            deliveries.clear();
            tester.advance(Duration.ofSeconds(30));

            assertThat(deliveries)
                    .filteredOn(delivery -> delivery.source() == Source.RETRY)
                    .extracting(Delivery::attempt)
                    .as("of four that are due the first, again and again")
                    .containsExactly(2, 3, 4);
            assertThat(tester.records("retry")).hasSize(4);
            assertThat(tester.records("dlq")).isEmpty();

            down = false;
            tester.advance(Duration.ofSeconds(11));
            assertThat(tester.committed("retry", 0)).hasValue(4);
            assertThat(tester.committed("orders", 0)).hasValue(5);
        }
    }

    @Test
    void aPassOverTheDlqBringsNothingBackThere() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(35));
            assertThat(tester.records("dlq")).hasSize(4);
            assertThat(tester.committed("dlq", 0)).hasValue(0);

            down = false;
            tester.advance(Duration.ofSeconds(11));
            assertThat(tester.committed("dlq", 0)).hasValue(4);
        }
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    void aRecordThatFailsProbeAfterProbeGoesItsWay(Ordering ordering) {
        try (MikaTester tester =
                inOutage(builder(options -> options.useDlq().ordering(ordering)).start())) {
            publish(tester, 5, 20);
            poison = "v4";
            down = false;
            tester.advance(Duration.ofSeconds(70));

            assertThat(told).containsExactly("began orders", "ended orders");
            assertThat(tester.records("dlq")).hasSize(5);
            assertThat(tester.committed("orders", 0)).hasValue(20);
        }
    }

    @Test
    void eachPartitionIsProbedForItself() {
        try (MikaTester tester =
                inOutage(builder(ConsumerOptions::useDlq).topic("orders", 2).start())) {
            for (int partition = 0; partition < 2; partition++) {
                tester.kafka().partition("orders", partition).append("k", "v");
            }
            tester.runUntilIdle();
            deliveries.clear();
            tester.advance(Duration.ofSeconds(35));

            assertThat(deliveries)
                    .extracting(delivery -> delivery.record().partition())
                    .containsExactlyInAnyOrder(0, 0, 0, 1, 1, 1);
        }
    }

    @Test
    void aPartitionWithNothingToProbeWithIsPolled() {
        List<Delivery> hanging = new ArrayList<>();
        try (MikaTester tester = MikaTester.builder()
                .listener(listener)
                .outageBreaker(OutageBreaker.create().noAckFor(Duration.ZERO).failures(1))
                .consumer("orders", delivery -> {
                    boolean hangs =
                            value(delivery).equals("v1") || value(delivery).equals("v3");
                    var unused = hangs ? hanging.add(delivery) : delivery.ack();
                })
                .start()) {
            publish(tester, 0, 5);
            var unused = hanging.get(0).fail("leads nowhere");
            tester.advance(Duration.ofSeconds(20));
            assertThat(told).containsExactly("began orders");

            publish(tester, 5, 6);
            assertThat(told).containsExactly("began orders", "ended orders");
        }
    }

    @Test
    void deliveriesThatHangFailByTheirDeadline() {
        try (MikaTester tester = builder(
                        options -> options.useDlq().ackDeadline(Duration.ofSeconds(5), DeadlinePolicy.FAIL))
                .start()) {
            hangs = true;
            publish(tester, 0, 4);
            tester.advance(Duration.ofSeconds(40));
            publish(tester, 4, 8);
            tester.advance(Duration.ofSeconds(40));

            assertThat(told).containsExactly("began orders");
            assertThat(tester.records("dlq")).hasSize(4);

            hangs = false;
            down = false;
            tester.advance(Duration.ofSeconds(11));
            assertThat(tester.committed("orders", 0)).hasValue(8);
        }
    }

    @Test
    void aDisabledConsumerIsNotProbed() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            var unused = tester.disableConsumer("orders");
            tester.runUntilIdle();
            deliveries.clear();
            tester.advance(Duration.ofSeconds(35));
            assertThat(deliveries).isEmpty();

            down = false;
            unused = tester.enableConsumer("orders");
            tester.runUntilIdle();
            assertThat(told).containsExactly("began orders", "ended orders");
        }
    }

    @Test
    void poisonAmongRecordsThatSucceedIsNoOutage() {
        down = false;
        poison = "poison";
        try (MikaTester tester = builder(ConsumerOptions::useDlq).start()) {
            for (int i = 0; i < 100; i++) {
                tester.publish("orders", "k", i % 20 == 0 ? "v" : "poison");
                tester.advance(Duration.ofSeconds(1));
            }

            assertThat(told).isEmpty();
            assertThat(tester.records("dlq")).hasSize(95);
        }
    }

    @Test
    void anotherConsumerIsNotConcerned() {
        List<Delivery> payments = new ArrayList<>();
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq)
                .consumer("payments", delivery -> {
                    payments.add(delivery);
                    delivery.ack();
                })
                .start())) {
            tester.publish("payments", "k", "v");
            tester.runUntilIdle();

            assertThat(payments).hasSize(1);
            assertThat(told).containsExactly("began orders");
        }
    }

    @Test
    void aPartitionThatComesBackIsProbedToo() {
        try (MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start())) {
            tester.kafka()
                    .group("test")
                    .members()
                    .keySet()
                    .forEach(tester.kafka().group("test")::expire);
            deliveries.clear();
            tester.advance(Duration.ofSeconds(25));
            assertThat(deliveries)
                    .as("probes of the same client, after a rebalance")
                    .hasSizeBetween(1, 3);
            assertThat(tester.records("dlq")).hasSize(4);

            down = false;
            tester.advance(Duration.ofSeconds(11));
            assertThat(tester.committed("orders", 0)).hasValue(5);
        }
    }

    @Test
    void aPartitionThatComesFromAnotherMemberIsProbedNoMoreOftenForThat() {
        Map<Integer, List<Integer>> probes = new TreeMap<>();
        OutageBreaker breaker = OutageBreaker.create().failures(5).probeEvery(Duration.ofSeconds(30));
        try (MikaTester other = builder(ConsumerOptions::useDlq)
                        .outageBreaker(breaker)
                        .topic("orders", 4)
                        .start();
                MikaTester tester = builder(ConsumerOptions::useDlq)
                        .outageBreaker(breaker)
                        .joining(other)
                        .start()) {
            for (int round = 0; round < 5; round++) {
                for (int partition = 0; partition < 4; partition++) {
                    tester.kafka().partition("orders", partition).append("k", "v" + round);
                }
                tester.advance(Duration.ofSeconds(10));
            }
            assertThat(told).containsExactly("began orders", "began orders");
            for (int second = 0; second < 120; second++) {
                deliveries.clear();
                if (second == 31) {
                    other.close(Duration.ofSeconds(1));
                }
                tester.advance(Duration.ofSeconds(1));
                for (Delivery delivery : deliveries) {
                    probes.computeIfAbsent(delivery.record().partition(), first -> new ArrayList<>())
                            .add(second);
                }
            }
        }

        assertThat(probes).hasSize(4);
        assertThat(probes.values()).allSatisfy(seconds -> {
            assertThat(seconds).hasSizeGreaterThan(2);
            for (int i = 1; i < seconds.size(); i++) {
                assertThat(seconds.get(i) - seconds.get(i - 1)).isGreaterThanOrEqualTo(30);
            }
        });
    }

    @Test
    void aCloseWaitsForNothingThatIsHeld() {
        MikaTester tester = inOutage(builder(ConsumerOptions::useDlq).start());

        CloseReport report = tester.close(Duration.ofSeconds(5));

        assertThat(report.drained()).isTrue();
        assertThat(tester.committed("orders", 0)).hasValue(4);
    }

    @Test
    void aBatchIsProbedWithItsFirstRecordAndKeepsItsOrder() {
        List<List<String>> handed = new ArrayList<>();
        try (MikaTester tester = MikaTester.builder()
                .dlqTopic("dlq")
                .listener(listener)
                .outageBreaker(
                        OutageBreaker.create().noAckFor(Duration.ofSeconds(30)).failures(5))
                .batchConsumer("orders", options -> options.useDlq().batch(10, Duration.ofMillis(100)), batch -> {
                    handed.add(batch.deliveries().stream()
                            .map(OutageBreakerTest::value)
                            .toList());
                    if (down) {
                        var unused = batch.failAll(new IllegalStateException("down"));
                    } else {
                        batch.ackAll();
                    }
                })
                .start()) {
            publish(tester, 0, 4);
            tester.advance(Duration.ofSeconds(40));
            publish(tester, 4, 14);
            tester.advance(Duration.ofSeconds(1));
            handed.clear();
            tester.advance(Duration.ofSeconds(20));
            assertThat(handed).containsExactly(List.of("v4"), List.of("v4"));

            down = false;
            handed.clear();
            tester.advance(Duration.ofSeconds(11));
            assertThat(handed.stream().flatMap(List::stream)).containsExactlyElementsOf(values(4, 14));
            assertThat(tester.committed("orders", 0)).hasValue(14);
        }
    }

    @Test
    void withoutABreakerNothingStays() {
        try (MikaTester tester = inOutage(MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer("orders", ConsumerOptions::useDlq, this::handle)
                .start())) {
            publish(tester, 5, 20);

            assertThat(tester.records("dlq")).hasSize(20);
        }
    }

    @Test
    void whatABreakerCannotBeIsSaid() {
        assertThatThrownBy(() -> OutageBreaker.create().failures(0)).hasMessage("failures: 0 is below 1");
        assertThatThrownBy(() -> OutageBreaker.create().noAckFor(Duration.ofSeconds(-1)))
                .hasMessage("noAckFor: PT-1S is negative");
        assertThatThrownBy(() -> OutageBreaker.create().probeEvery(Duration.ZERO))
                .hasMessage("probeEvery: PT0S is not above zero");
    }
}
