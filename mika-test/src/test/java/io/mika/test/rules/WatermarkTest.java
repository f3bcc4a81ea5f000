package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Rules 5 and 6: how far a partition is committed, and how. */
class WatermarkTest {
    private final RetriableCommitFailedException notNow = new RetriableCommitFailedException("not now");

    private final ScriptedFaults faults = new ScriptedFaults();

    // ---- rule 5

    @Test
    void aGapBehindTheLastRecordIsCommittedPast() {
        Scene scene = new Scene().publish(5).idle();
        scene.kafka().partition(ORDERS).appendGap(7);

        scene.seconds(2);

        assertThat(scene.committed()).isEqualTo(12);
    }

    @Test
    void aGapMayBeLargerThanAnyMemory() {
        Scene scene = new Scene().holds(1_000_000_000_001L).publish(1);
        scene.kafka().partition(ORDERS).appendGap(1_000_000_000_000L);
        scene.publish(2).idle().seconds(2);
        assertThat(scene.handed()).containsExactly(0L, 1_000_000_000_001L, 1_000_000_000_002L);
        assertThat(scene.committed()).isBetween(1L, 1_000_000_000_001L);

        scene.delivery(1_000_000_000_001L).ack();
        scene.seconds(2);
        assertThat(scene.committed()).isEqualTo(1_000_000_000_003L);
    }

    @Test
    void whatWasCompactedAwayIsNotWaitedFor() {
        Scene scene = new Scene(plan -> plan.consumerProperty("max.poll.records", 3));
        scene.holds(offset -> offset == 0 || offset == 9).publish(10);
        scene.kafka().partition(ORDERS).compact(2, 8);
        scene.seconds(2);
        assertThat(scene.handed()).containsExactly(0L, 1L, 8L, 9L);

        scene.delivery(0).ack();
        scene.seconds(2);
        assertThat(scene.committed()).isEqualTo(9);
        scene.delivery(9).ack();
        scene.seconds(2);
        assertThat(scene.committed()).isEqualTo(10);
    }

    @Test
    void withoutNextOffsetsTheEndIsBehindTheLastRecordAndIsWarnedOfOnce() {
        Scene scene = new Scene();
        scene.calls.polled = WatermarkTest::withoutNextOffsets;
        scene.publish(5).idle().publish(5).idle();

        assertThat(scene.committed()).isEqualTo(10);
        assertThat(scene.told.errors())
                .singleElement()
                .satisfies(warning -> assertThat(warning).hasMessageContaining("next offsets"));
    }

    private static ConsumerRecords<byte[], byte[]> withoutNextOffsets(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
        polled.partitions().forEach(partition -> records.put(partition, polled.records(partition)));
        return new ConsumerRecords<>(records, Map.of());
    }

    // ---- rule 6

    @Test
    void aCommitBearsTheLeaderEpochOfTheRecordBelowIt() {
        Scene scene = new Scene().holds(5).publish(5);
        scene.kafka().partition(ORDERS).electLeader();
        scene.publish(5).idle().seconds(2);
        assertThat(scene.committed()).isEqualTo(5);
        assertThat(scene.commit().leaderEpoch()).contains(0);

        scene.delivery(5).ack();
        scene.seconds(2);
        assertThat(scene.committed()).isEqualTo(10);
        assertThat(scene.commit().leaderEpoch()).contains(1);
    }

    @Test
    void thereIsOneCommitUnderWay() {
        Scene scene = new Scene().idle();
        scene.kafka().faults(faults.nextCommit(Fate.answeredLate(Duration.ofSeconds(10))));
        scene.calls.clear();

        for (int i = 0; i < 9; i++) {
            scene.publish(1).seconds(1);
        }
        assertThat(scene.handed()).hasSize(9);
        assertThat(scene.calls.commits(ORDERS)).containsExactly(1L);

        scene.seconds(2);
        assertThat(scene.calls.commits(ORDERS)).containsExactly(1L, 9L);
    }

    @Test
    void aCommitThatFailedIsComputedAnewAndNotSentAgain() {
        Scene scene = new Scene().idle();
        scene.kafka().faults(faults.nextCommit(Fate.failed(notNow).after(Duration.ofSeconds(3))));
        scene.calls.clear();

        scene.publish(5).idle().publish(5).seconds(5);

        assertThat(scene.calls.commits(ORDERS)).containsExactly(5L, 10L);
    }

    @Test
    void aPartitionWhoseCommitWasNotConfirmedIsCommittedAgainThoughNothingHappens() {
        Scene scene = new Scene().idle();
        scene.kafka().faults(faults.nextCommit(Fate.failed(notNow)).nextCommit(Fate.failed(notNow)));

        scene.publish(5).idle().seconds(5);

        assertThat(scene.committed()).isEqualTo(5);
    }

    @Test
    void aCommitThatTheBrokersTookAndDidNotAnswerIsRepeated() {
        Scene scene = new Scene().idle();
        scene.kafka().faults(faults.nextCommit(Fate.unanswered()));
        scene.calls.clear();

        scene.publish(5).idle().advance(Duration.ofMinutes(2));

        assertThat(scene.calls.commits(ORDERS)).containsExactly(5L, 5L);
    }

    @Test
    void whatIsConfirmedIsNotCommittedAgain() {
        Scene scene = new Scene().publish(5).idle();
        scene.calls.clear();

        scene.advance(Duration.ofMinutes(2));

        assertThat(scene.calls.commits()).isEmpty();
    }

    @Test
    void aTextThatChangedIsCommittedThoughTheOffsetIsTheSame() {
        Scene scene = new Scene().publish(5).idle();
        assertThat(scene.commit().metadata()).endsWith(" partitions=1");

        scene.kafka().growTopic("orders", 2);
        scene.seconds(10);
        scene.kafka().growTopic("orders", 3); // what the second partition has committed is seen when the third begins
        scene.seconds(10);

        assertThat(scene.committed()).isEqualTo(5);
        assertThat(scene.commit().metadata()).endsWith(" partitions=2");
    }

    @Test
    void committedOffsetsNeverDecrease() {
        Scene scene = new Scene().holds(offset -> offset % 3 == 1).idle();
        for (int round = 0; round < 30; round++) {
            faults.nextCommit(
                    switch (round % 3) {
                        case 0 -> Fate.failedThoughApplied(notNow);
                        case 1 -> Fate.late(Duration.ofMillis(1700));
                        default -> Fate.failed(notNow);
                    });
        }
        scene.kafka().faults(faults);
        for (int round = 0; round < 20; round++) {
            scene.publish(3).advance(Duration.ofMillis(900));
            if (round > 0) {
                scene.delivery(3L * round - 2).ack();
            }
        }
        scene.delivery(58).ack();
        scene.seconds(60);

        assertThat(scene.commits(ORDERS)).isSorted().endsWith(60L);
        assertThat(scene.told.errors(IllegalStateException.class)).isEmpty();
    }
}
