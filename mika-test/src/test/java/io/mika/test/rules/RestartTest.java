package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import io.mika.engine.Limits;
import io.mika.event.ClientListener;
import io.mika.event.Explanation;
import io.mika.event.SkipReason;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What survives a restart: the settled records above an open one, and nothing else. */
class RestartTest {
    private static final long MIB = 1 << 20;

    private final ScriptedFaults faults = new ScriptedFaults();

    /** A client that holds these of so many records, committed, and is gone. */
    private static Scene killed(int records, LongPredicate held) {
        Scene scene = new Scene().holds(held).publish(records).idle().seconds(2);
        scene.tester().kill();
        return scene;
    }

    private static Scene killedHolding(long offset) {
        return killed(10, each -> each == offset);
    }

    private static Scene successor(Scene of) {
        return successor(of, plan -> {});
    }

    private static Scene successor(Scene of, Consumer<MikaTester.Builder> plan) {
        return of.second(plan).idle().seconds(60);
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    // ---- what is remembered

    @Test
    void whatWasSettledAboveAnOpenRecordIsNotHandedOutAgain() {
        Scene after = successor(killedHolding(3));

        assertThat(after.handed()).containsExactly(3L);
        assertThat(after.committed()).isEqualTo(10);
    }

    @Test
    void everyOpenRecordIsHandedOutAgain() {
        Scene after = successor(killed(10, offset -> offset % 3 == 1));

        assertThat(after.handed()).containsExactly(1L, 4L, 7L);
        assertThat(after.committed()).isEqualTo(10);
    }

    @Test
    void aMemberThatGivesItsPartitionAwayWritesIt() {
        Scene scene = new Scene().holds(3).publish(10).idle();
        scene.tester().close(Duration.ofSeconds(1));

        assertThat(successor(scene).handed()).containsExactly(3L);
    }

    @ParameterizedTest
    @EnumSource
    void inEveryOrder(Ordering ordering) {
        Scene before = new Scene(plan -> {}, options -> options.ordering(ordering))
                .holds(3)
                .publish(10)
                .idle()
                .seconds(2);
        before.tester().kill();

        assertThat(successor(before).handed()).containsExactly(3L);
    }

    @Test
    void whatWasNotReachedYetIsCarriedOn() {
        Scene second = killed(10, offset -> offset == 1 || offset == 8)
                .second(plan -> EngineDoors.limits(plan, new Limits(1, MIB, 1, MIB, 1, MIB))
                        .consumerProperty("max.poll.records", 1))
                .holds(1);
        second.idle().seconds(60);
        assertThat(second.handed()).containsExactly(1L);
        second.tester().kill();

        assertThat(successor(second).handed()).containsExactly(1L, 8L);
    }

    @Test
    void itIsToldHowManyWerePassedOver() {
        List<String> told = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
                told.add(partition + " " + reason + " " + records);
            }
        };

        successor(killedHolding(3), plan -> plan.listener(listener));

        assertThat(told).containsExactly("orders-0 SETTLED_BEFORE 6");
    }

    @Test
    void aRecordWithoutALeaderEpochIsHandedOut() {
        Scene before = killedHolding(3);
        Scene after = before.second(plan -> {});
        after.calls.polled = RestartTest::withoutEpochs;

        assertThat(after.idle().seconds(60).handed()).containsExactlyElementsOf(range(3, 10));
    }

    private static ConsumerRecords<byte[], byte[]> withoutEpochs(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            records.put(
                    partition,
                    polled.records(partition).stream()
                            .map(record -> new ConsumerRecord<>(
                                    record.topic(), record.partition(), record.offset(), record.key(), record.value()))
                            .toList());
        }
        return new ConsumerRecords<>(records, polled.nextOffsets());
    }

    // ---- what was handed out before

    @Test
    void whatWasHandedOutAndNotSettledIsMarked() {
        Scene before = killedHolding(3);
        before.publish(2);
        Scene after = successor(before);

        assertThat(after.handed()).containsExactly(3L, 10L, 11L);
        assertThat(after.deliveries).extracting(Delivery::possiblyRedelivered).containsExactly(true, false, false);
    }

    @Test
    void aFirstDeliveryIsNotMarked() {
        Scene scene = new Scene().publish(3).idle();

        assertThat(scene.deliveries).extracting(Delivery::possiblyRedelivered).containsOnly(false);
    }

    // ---- when it is not believed

    @Test
    void turnedOffNothingIsWrittenNorBelieved() {
        Scene before = killedHolding(3);
        Scene off = before.second(plan -> plan.rememberSettled(false)).holds(3);
        off.idle().seconds(60);
        assertThat(off.handed()).containsExactlyElementsOf(range(3, 10));
        assertThat(off.deliveries).extracting(Delivery::possiblyRedelivered).containsOnly(true);
        off.tester().kill();

        assertThat(successor(off).handed()).containsExactlyElementsOf(range(3, 10));
    }

    @Test
    void recordsThatWereWrittenAgainAfterATruncationAreHandedOut() {
        Scene before = killedHolding(3);
        before.kafka().partition(ORDERS).truncate(6);
        before.publish(4);

        assertThat(successor(before).handed()).containsExactlyElementsOf(List.of(3L, 6L, 7L, 8L, 9L));
    }

    @Test
    void aTruncationBelowTheCommittedOffsetDropsItAll() {
        Scene before = killedHolding(3);
        before.kafka().partition(ORDERS).truncate(2);
        before.publish(8);

        assertThat(successor(before).handed()).contains(3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void aTopicThatWasMadeAnewIsAnother() {
        Scene before = killedHolding(3);
        OffsetAndMetadata commit = before.commit();
        before.kafka().deleteTopic("orders");
        before.kafka().createTopic("orders", 1);
        before.publish(10);
        before.group().reset(ORDERS, commit);

        assertThat(successor(before).handed()).containsExactlyElementsOf(range(3, 10));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, 4})
    void anOffsetThatWasResetDoesNotBearTheTextOfAnother(long offset) {
        Scene before = killedHolding(3);
        before.group()
                .reset(ORDERS, new OffsetAndMetadata(offset, before.commit().metadata()));

        assertThat(successor(before).handed()).containsExactlyElementsOf(range(offset, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "something of Go's", "mika/9 0123456789abcdef settled=4-10"})
    void theTextOfOthersIsIgnored(String text) {
        Scene before = killedHolding(3);
        before.group().reset(ORDERS, new OffsetAndMetadata(3, text));

        assertThat(successor(before).handed()).containsExactlyElementsOf(range(3, 10));
    }

    @Test
    void aDamagedTextIsIgnored() {
        Scene before = killedHolding(3);
        String text = before.commit().metadata();
        before.group().reset(ORDERS, new OffsetAndMetadata(3, text.substring(0, text.length() - 1)));

        assertThat(successor(before).handed()).containsExactlyElementsOf(range(3, 10));
    }

    // ---- when it does not fit

    @Test
    void aBrokerThatTakesNoLongTextIsGivenAShorterOneAndIsReportedOnce() {
        Scene scene = new Scene().holds(3).publish(4).idle().seconds(2);
        scene.kafka().faults(faults);
        for (int i = 0; i < 3; i++) {
            faults.nextCommit(Fate.failed(new OffsetMetadataTooLarge("too much")));
        }
        scene.publish(6).idle().seconds(10);

        assertThat(scene.told.errors()).hasExactlyElementsOfTypes(OffsetMetadataTooLarge.class);
        assertThat(scene.commit().metadata()).contains("runs=").hasSizeLessThan(3_800 / 8);
        scene.tester().kill();
        assertThat(successor(scene).handed()).containsExactly(3L);
    }

    @Test
    void aBrokerThatTakesNoTextAtAllIsGivenNone() {
        Scene scene = new Scene().holds(3).publish(4).idle().seconds(2);
        scene.kafka().faults(faults);
        for (int i = 0; i < 6; i++) {
            faults.nextCommit(Fate.failed(new OffsetMetadataTooLarge("too much")));
        }
        scene.publish(6).idle().seconds(10);

        assertThat(scene.commit())
                .isEqualTo(new OffsetAndMetadata(3, scene.commit().leaderEpoch(), ""));
        assertThat(partition(scene).unremembered()).isEqualTo(6);
        scene.tester().kill();
        assertThat(successor(scene).handed()).containsExactlyElementsOf(range(3, 10));
    }

    @Test
    void aPartitionWithMoreSettledThanItsTextHoldsPausesUntilItDoes() {
        Limits limits = new Limits(200_000, 1 << 30, 200_000, 1 << 30, 1000, MIB, 1000, MIB, 1000, 4_000);
        Scene scene = new Scene(plan -> EngineDoors.limits(plan, limits), options -> options.maxInFlight(100_000))
                .holds(offset -> offset % 2 == 0)
                .publish(40_000)
                .idle()
                .seconds(2);
        assertThat(partition(scene).unremembered()).isGreaterThan(4_000);
        assertThat(partition(scene).pausedBy()).containsExactly("unremembered");

        scene.publish(10).seconds(2);
        assertThat(scene.handed()).hasSize(40_000);
        scene.deliveries.forEach(Delivery::ack);
        scene.holds(offset -> false).seconds(2);
        assertThat(scene.handed()).hasSize(40_010);
        assertThat(scene.committed()).isEqualTo(40_010);
    }

    private static Explanation.Partition partition(Scene scene) {
        return scene.tester().explain().partitions().get(0);
    }
}
