package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Source;
import io.mika.engine.Limits;
import io.mika.event.ClientListener;
import io.mika.event.Explanation;
import io.mika.event.SkipReason;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** More waits in the retry topic than is kept in memory: ten records of a consumer. */
class WaitingTest {
    private static final long MIB = 1 << 20;
    private static final TopicPartition RETRY = new TopicPartition("retry", 0);

    private final List<Delivery> again = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    private static Limits limits(int places) {
        return new Limits(20_000, MIB, 200_000, MIB, 100, MIB, 10, MIB, places, 10_000);
    }

    private MikaTester.Builder builder(int places) {
        MikaTester.Builder builder = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(new ClientListener() {
                    @Override
                    public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
                        skipped.add(reason + " " + records);
                    }
                })
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    if (delivery.source() == Source.TOPIC) {
                        throw new RetryableException("not now").after(delay(delivery));
                    }
                    again.add(delivery);
                    delivery.ack();
                });
        return EngineDoors.limits(builder, limits(places));
    }

    /** In seconds; it is the key. */
    private static Duration delay(Delivery delivery) {
        return Duration.ofSeconds(Long.parseLong(text(delivery.key())));
    }

    private static String text(byte[] bytes) {
        return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    private static void publish(MikaTester tester, int from, int to, Duration delay) {
        for (int i = from; i < to; i++) {
            tester.publish("orders", Long.toString(delay.toSeconds()), "v" + i);
        }
        tester.advance(Duration.ofSeconds(1));
    }

    private List<String> values() {
        return again.stream().map(delivery -> text(delivery.value())).toList();
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    @Test
    void whatIsNotKeptInMemoryIsHandedOutWhenItIsDueToo() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 100, Duration.ofMinutes(10));
            tester.advance(Duration.ofMinutes(9));
            assertThat(again).isEmpty();

            tester.advance(Duration.ofMinutes(2));

            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 100));
            assertThat(again).allSatisfy(delivery -> {
                assertThat(delivery.attempt()).isEqualTo(2);
                assertThat(delivery.record().topic()).isEqualTo("retry");
            });
            assertThat(tester.committed("retry", 0)).hasValue(100);
            assertThat(tester.errors()).isEmpty();
        }
    }

    @Test
    void aLongDelayHoldsUpNoShorterOne() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 100, Duration.ofMinutes(10));

            publish(tester, 100, 120, Duration.ofSeconds(1));
            tester.advance(Duration.ofSeconds(2));

            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(100, 120));
            assertThat(tester.committed("retry", 0)).hasValue(0);
        }
    }

    @Test
    void aBacklogOfOneConsumerHoldsUpNoOther() {
        List<Delivery> payments = new ArrayList<>();
        try (MikaTester tester = builder(1000)
                .consumer("payments", options -> options.retries(1), delivery -> {
                    if (delivery.source() == Source.TOPIC) {
                        throw new RetryableException("once more");
                    }
                    payments.add(delivery);
                    delivery.ack();
                })
                .start()) {
            publish(tester, 0, 100, Duration.ofSeconds(2));
            var unused = tester.disableConsumer("orders");
            tester.advance(Duration.ofSeconds(10));
            assertThat(again).isEmpty();

            tester.publish("payments", "k", "v");
            tester.advance(Duration.ofSeconds(1));
            assertThat(payments).hasSize(1);

            unused = tester.enableConsumer("orders");
            tester.advance(Duration.ofSeconds(10));
            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 100));
        }
    }

    @Test
    void whatTheRetryTopicHoldsNoLongerIsPassedOver() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 100, Duration.ofMinutes(10));
            tester.kafka().partition(RETRY).deleteRecords(50);
            tester.advance(Duration.ofMinutes(11));

            assertThat(values())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100)
                            .filter(i -> i < 10 || i >= 50)
                            .mapToObj(i -> "v" + i)
                            .toList());
            assertThat(skipped).containsExactly("GONE 40");
            assertThat(tester.committed("retry", 0)).hasValue(100);
        }
    }

    @Test
    void whatTookThePlaceOfARecordThatWaitedIsNotHandedOutForIt() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 20, Duration.ofSeconds(10));
            tester.kafka().deleteTopic("retry");
            tester.kafka().createTopic("retry", 1);
            for (int i = 0; i < 20; i++) {
                tester.publish("retry", null, "another group's");
            }
            tester.advance(Duration.ofSeconds(15));

            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 10));
            assertThat(skipped).containsExactly("GONE 10");
        }
    }

    @Test
    void anotherMemberGoesOnWithWhatWaited() {
        try (MikaTester tester = builder(1000).start();
                MikaTester other = builder(1000).joining(tester).start()) {
            publish(tester, 0, 100, Duration.ofMinutes(10));
            tester.kill();
            other.advance(Duration.ofMinutes(12));

            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 100));
            assertThat(other.committed("retry", 0)).hasValue(100);
        }
    }

    @Test
    void whatWaitsForHalfOfTheRetentionIsWrittenAnew() {
        try (MikaTester tester = EngineDoors.create(builder(1000))) {
            deleteAfterTwoHours(tester);
            publish(tester, 0, 100, Duration.ofSeconds(30));
            var unused = tester.disableConsumer("orders");

            tester.advance(Duration.ofMinutes(59));
            assertThat(tester.records("retry")).hasSize(100);
            tester.advance(Duration.ofMinutes(10));
            assertThat(tester.records("retry")).hasSize(200);
            tester.kafka().partition(RETRY).deleteRecords(100);
            tester.advance(Duration.ofHours(3));

            unused = tester.enableConsumer("orders");
            tester.advance(Duration.ofMinutes(1));
            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 100));
            assertThat(again).allSatisfy(delivery -> {
                assertThat(delivery.attempt()).isEqualTo(2);
                assertThat(delivery.failure().orElseThrow().parkedAt()).isPresent();
            });
            assertThat(skipped).containsOnly("PARKED 100");
        }
    }

    private static void deleteAfterTwoHours(MikaTester tester) {
        tester.kafka()
                .topicSetting("retry", "retention.ms", "7200000")
                .topicSetting("retry", "cleanup.policy", "delete");
    }

    @Test
    void theSameWhereTheTopicIsSetToDeleteLater() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 100, Duration.ofHours(4));
            tester.advance(Duration.ofMinutes(50));
            deleteAfterTwoHours(tester);

            tester.advance(Duration.ofMinutes(20));
            assertThat(tester.records("retry")).hasSize(200);
            assertThat(skipped).containsExactly("PARKED 10", "PARKED 90"); // the ten that are here, and the rest
        }
    }

    @Test
    void theSameWhereTheFirstFailureCreatesTheTopic() {
        try (MikaTester tester = EngineDoors.create(builder(1000))) {
            tester.kafka().deleteTopic("retry");
            deleteAfterTwoHours(tester);
            tester.advance(Duration.ofSeconds(30));
            assertThat(tester.records("retry")).isEmpty();
            publish(tester, 0, 100, Duration.ofHours(4));

            tester.advance(Duration.ofMinutes(70));
            assertThat(tester.records("retry")).hasSize(200);
            assertThat(skipped).containsExactly("PARKED 10", "PARKED 90"); // the ten that are here, and the rest
        }
    }

    @Test
    void beyondThePlacesThePartitionWaits() {
        try (MikaTester tester = builder(50).start()) {
            publish(tester, 0, 200, Duration.ofMinutes(1));

            assertThat(tester.explain().partitions())
                    .filteredOn(each -> each.partition().equals(RETRY))
                    .flatExtracting(Explanation.Partition::pausedBy)
                    .contains("waiting");
            tester.advance(Duration.ofMinutes(5));
            assertThat(values()).containsExactlyInAnyOrderElementsOf(values(0, 200));
        }
    }

    @Test
    void whatNobodyHereClaimsWaitsByItsPlaceToo() {
        try (MikaTester tester = builder(1000).start()) {
            publish(tester, 0, 100, Duration.ofMinutes(10));
            tester.kill();
            MikaTester other = EngineDoors.limits(
                            MikaTester.builder()
                                    .retryTopic("retry")
                                    .dlqTopic("dlq")
                                    .consumer("payments", Delivery::ack)
                                    .joining(tester),
                            limits(1000))
                    .start();
            other.advance(Duration.ofHours(1));

            assertThat(other.records("dlq").stream().map(ConsumerRecord::value).map(WaitingTest::text))
                    .containsExactlyInAnyOrderElementsOf(values(0, 100));
            assertThat(other.errors()).isEmpty();
            other.close();
        }
    }
}
