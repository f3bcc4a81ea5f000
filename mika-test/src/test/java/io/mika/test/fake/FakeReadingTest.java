package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class FakeReadingTest {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    private final FakeKafka kafka = new FakeKafka().createTopic("orders", 2);
    private final FakePartition log = kafka.partition(P0);

    @Test
    void aRecordComesWithOffsetEpochTimeAndHeaders() {
        log.electLeader();
        log.append(1234, "k".getBytes(StandardCharsets.UTF_8), null, new RecordHeaders().add("h", new byte[] {1}));

        ConsumerRecord<byte[], byte[]> record = reader(P0).poll().iterator().next();

        assertThat(record.offset()).isZero();
        assertThat(record.leaderEpoch()).contains(1);
        assertThat(record.timestamp()).isEqualTo(1234);
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("k");
        assertThat(record.value()).isNull();
        assertThat(record.headers().lastHeader("h").value()).containsExactly(1);
    }

    @Test
    void aPollReturnsAtMostMaxPollRecordsAndAllPartitionsHaveTheirTurn() {
        for (int i = 0; i < 3; i++) {
            log.append(null, "a" + i);
            kafka.partition(P1).append(null, "b" + i);
        }
        Reader reader = new Reader(kafka.consumer(null, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2)));
        reader.consumer.assign(List.of(P0, P1));
        reader.consumer.seek(P0, 0);
        reader.consumer.seek(P1, 0);

        assertThat(List.of(reader.values(), reader.values(), reader.values()))
                .containsExactly(List.of("a0", "a1"), List.of("b0", "b1"), List.of("a2", "b2"));
    }

    @Test
    void nextOffsetsNameWhereThePartitionGoesOnAndTheEpochOfTheLastBatch() {
        log.append(null, "a");
        log.electLeader();
        log.appendGap(5);

        ConsumerRecords<byte[], byte[]> records = reader(P0).poll();

        assertThat(records.count()).isEqualTo(1);
        assertThat(records.nextOffsets()).containsExactly(Map.entry(P0, new OffsetAndMetadata(6, Optional.of(1), "")));
    }

    @Test
    void aPollThatOnlyPassesControlRecordsReturnsNoRecordButItsNextOffset() {
        log.appendGap(1_000_000);
        Reader reader = reader(P0);

        ConsumerRecords<byte[], byte[]> records = reader.poll();

        assertThat(records.isEmpty()).isTrue();
        assertThat(records.nextOffsets())
                .containsExactly(Map.entry(P0, new OffsetAndMetadata(1_000_000, Optional.of(0), "")));
        assertThat(reader.consumer.position(P0)).isEqualTo(1_000_000);
        assertThat(kafka.now()).isZero();
    }

    @Test
    void aPositionPassesCompactedRecordsWithTheNextOne() {
        log.append(null, "a");
        log.append(null, "b");
        log.append(null, "c");
        log.compact(0, 2);
        Reader reader = reader(P0);

        assertThat(reader.values()).containsExactly("c");
        assertThat(reader.consumer.position(P0)).isEqualTo(3);
    }

    @Test
    void aPollWithNothingToReturnLetsItsTimePassAndNamesNoPartition() {
        ConsumerRecords<byte[], byte[]> records = reader(P0).poll();

        assertThat(records.nextOffsets()).isEmpty();
        assertThat(kafka.now()).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void aPausedPartitionReturnsNothingUntilResumed() {
        log.append(null, "a");
        Reader reader = reader(P0);
        reader.consumer.pause(List.of(P0));

        assertThat(reader.values()).isEmpty();
        assertThat(reader.consumer.paused()).containsExactly(P0);
        reader.consumer.resume(List.of(P0));

        assertThat(reader.values()).containsExactly("a");
    }

    @Test
    void withoutCommitAndSeekEveryPollThrowsAndNothingIsDelivered() {
        kafka.partition(P1).append(null, "b");
        Reader reader = new Reader(kafka.consumer("g")).subscribe("orders");
        kafka.group("g").reset(P1, new OffsetAndMetadata(0));

        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(NoOffsetForPartitionException.class, reader::poll)
                            .partitions())
                    .containsExactly(P0);
        }
        reader.consumer.pause(Set.of(P0));
        reader.consumer.seek(P0, 0);

        assertThat(reader.values()).containsExactly("b");
    }

    @Test
    void aPositionBelowTheStartOrAboveTheEndIsOutOfRangeOnEveryPoll() {
        log.append(null, "a");
        log.append(null, "b");
        Reader reader = reader(P0);
        log.deleteRecords(1);

        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(OffsetOutOfRangeException.class, reader::poll)
                            .offsetOutOfRangePartitions())
                    .containsExactly(Map.entry(P0, 0L));
        }
        reader.consumer.seek(P0, 3);
        assertThatThrownBy(reader::poll).isExactlyInstanceOf(OffsetOutOfRangeException.class);
        reader.consumer.seek(P0, 1);
        assertThat(reader.values()).containsExactly("b");
    }

    @Test
    void recordsOfOtherPartitionsComeBeforeAnOutOfRangeException() {
        log.append(null, "a");
        log.deleteRecords(1);
        kafka.partition(P1).append(null, "b");
        Reader reader = new Reader(kafka.consumer(null));
        reader.consumer.assign(List.of(P1));
        reader.consumer.seek(P1, 0);
        reader.consumer.assign(List.of(P0, P1));
        reader.consumer.seek(P0, 0);

        assertThat(reader.values()).containsExactly("b");
        assertThatThrownBy(reader::poll).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void aTruncationIsFoundByTheLeaderEpochAlsoOnAPausedPartition() {
        log.append(null, "a");
        log.append(null, "b");
        log.append(null, "c");
        Reader reader = reader(P0);
        reader.poll();
        reader.consumer.pause(Set.of(P0));
        log.truncate(1);
        log.append(null, "B");
        log.append(null, "C");
        log.append(null, "D");

        LogTruncationException found = catchThrowableOfType(LogTruncationException.class, reader::poll);

        assertThat(found.offsetOutOfRangePartitions()).containsExactly(Map.entry(P0, 3L));
        assertThat(found.divergentOffsets())
                .containsExactly(Map.entry(P0, new OffsetAndMetadata(1, Optional.of(0), "")));
        reader.consumer.resume(Set.of(P0));
        reader.consumer.seek(P0, found.divergentOffsets().get(P0));
        assertThat(reader.values()).containsExactly("B", "C", "D");
    }

    @Test
    void anElectionThatLosesNothingIsNotNoticed() {
        log.append(null, "a");
        Reader reader = reader(P0);
        reader.poll();
        log.electLeader();
        log.append(null, "b");

        assertThat(reader.values()).containsExactly("b");
    }

    @Test
    void aCommittedOffsetWithAnEpochIsCheckedWhenItIsTakenUp() {
        log.append(null, "a");
        log.append(null, "b");
        kafka.group("g").reset(P0, new OffsetAndMetadata(2, Optional.of(0), ""));
        log.truncate(1);
        Reader reader = new Reader(kafka.consumer("g"));
        reader.consumer.assign(List.of(P0));

        assertThat(catchThrowableOfType(LogTruncationException.class, reader::poll)
                        .divergentOffsets())
                .containsOnlyKeys(P0);
    }

    @Test
    void aTopicCreatedAgainIsReadOnAtTheOldPosition() {
        log.append(null, "a");
        Reader reader = reader(P0);
        reader.poll();
        kafka.deleteTopic("orders");
        assertThat(reader.poll().isEmpty()).isTrue();
        kafka.createTopic("orders", 2);

        assertThatThrownBy(reader::poll).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void aPartitionMayAnswerLateOrInPart() {
        for (String value : List.of("a", "b", "c")) {
            log.append(null, value);
        }
        Deque<Integer> limits = new ArrayDeque<>(List.of(0, 2, 1));
        kafka.faults(new Faults() {
            @Override
            public int fetch(String member, TopicPartition partition, int room) {
                return limits.remove();
            }
        });
        Reader reader = new Reader(kafka.consumer(null));
        reader.consumer.assign(List.of(P0));
        reader.consumer.seek(P0, 0);

        assertThat(reader.consumer.poll(Duration.ZERO).count()).isZero();
        assertThat(reader.values()).containsExactly("a", "b");
        assertThat(reader.values()).containsExactly("c");
    }

    @Test
    void theLagIsKnownAfterAFetch() {
        log.append(null, "a");
        log.append(null, "b");
        Reader reader = new Reader(kafka.consumer(null, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1)));
        reader.consumer.assign(List.of(P0));
        reader.consumer.seek(P0, 0);

        assertThat(reader.consumer.currentLag(P0)).isEmpty();
        reader.poll();
        assertThat(reader.consumer.currentLag(P0)).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void aWakeupEndsTheNextPollAndNoOther() {
        Reader reader = reader(P0);
        reader.consumer.wakeup();

        assertThatThrownBy(reader::poll).isInstanceOf(WakeupException.class);
        assertThat(reader.poll().isEmpty()).isTrue();
    }

    @Test
    void aWakeupEndsAPollThatWaits() {
        VirtualClock clock = new VirtualClock();
        Runnable[] meanwhile = {() -> {}};
        FakeKafka driven = new FakeKafka(clock::nanos, clock::millis, nanos -> {
            clock.advance(nanos / 2);
            meanwhile[0].run();
        });
        Reader reader = new Reader(driven.createTopic("orders", 2).consumer(null));
        reader.consumer.assign(List.of(P0));
        reader.consumer.seek(P0, 0);
        meanwhile[0] = reader.consumer::wakeup;

        assertThatThrownBy(reader::poll).isInstanceOf(WakeupException.class);
        assertThat(clock.nanos()).isEqualTo(Duration.ofMillis(50).toNanos());
    }

    @Test
    void aDriverThatLetsNoTimePassEndsThePoll() {
        FakeKafka driven = new FakeKafka(() -> 0, () -> 0, nanos -> {});
        Reader reader = new Reader(driven.createTopic("orders", 2).consumer(null));
        reader.consumer.assign(List.of(P0));
        reader.consumer.seek(P0, 0);

        assertThat(reader.consumer.poll(Duration.ofDays(1)).isEmpty()).isTrue();
    }

    @Test
    void whileTheBrokerIsDownPollsReturnNothing() {
        log.append(null, "a");
        Reader reader = reader(P0);
        kafka.down();
        assertThat(reader.values()).isEmpty();
        kafka.up();
        assertThat(reader.values()).containsExactly("a");
    }

    @Test
    void illegalUseIsRefusedAsByKafka() {
        Reader reader = new Reader(kafka.consumer("g"));

        assertThatThrownBy(reader::poll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not subscribed");
        assertThatThrownBy(() -> reader.consumer.seek(P0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("No current assignment for partition orders-0");
        assertThatThrownBy(() -> reader.consumer.pause(List.of(P0))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> reader.consumer.position(P0)).isInstanceOf(IllegalStateException.class);
        reader.consumer.close();
        assertThatThrownBy(reader::poll).hasMessage("This consumer has already been closed.");
        reader.consumer.close();
    }

    private Reader reader(TopicPartition partition) {
        Reader reader = new Reader(kafka.consumer(null));
        reader.consumer.assign(List.of(partition));
        reader.consumer.seek(partition, 0);
        return reader;
    }
}
