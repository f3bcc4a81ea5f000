package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FakeCommitTest {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    private final ScriptedFaults faults = new ScriptedFaults();
    private final VirtualClock clock = new VirtualClock();
    private final FakeKafka kafka =
            new FakeKafka(clock).createTopic("orders", 2).faults(faults);
    private final FakeGroup group = kafka.group("g");
    private final List<String> outcomes = new ArrayList<>();

    static List<Map<String, Object>> protocols() {
        return List.of(Reader.COOPERATIVE, Reader.EAGER, Reader.CONSUMER);
    }

    @BeforeEach
    void commitEverywhere() {
        group.reset(P0, new OffsetAndMetadata(0));
        group.reset(P1, new OffsetAndMetadata(0));
    }

    @Test
    void offsetEpochAndTextComeBackAsCommitted() {
        Reader reader = join(Reader.COOPERATIVE);
        OffsetAndMetadata offset = new OffsetAndMetadata(7, Optional.of(3), "text");
        reader.consumer.commitSync(Map.of(P0, offset));

        assertThat(reader.consumer.committed(java.util.Set.of(P0))).containsExactly(Map.entry(P0, offset));
        assertThat(group.committed(P0)).contains(offset);
    }

    @Test
    void theCallbackRunsInTheNextPollAndInOrder() {
        Reader reader = join(Reader.COOPERATIVE);
        commitAsync(reader, P0, 1);
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(1));
        assertThat(outcomes).isEmpty();
        commitAsync(reader, P0, 2);
        reader.poll();

        assertThat(outcomes).containsExactly("1", "2");
    }

    @Test
    void commitSyncCallsBackWhatWasSentBefore() {
        Reader reader = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.late(Duration.ofSeconds(1)));
        long before = kafka.now();
        commitAsync(reader, P0, 1);
        reader.commit(P0, 2);

        assertThat(outcomes).containsExactly("1");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(2));
        assertThat(kafka.now() - before).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void aLiveMemberMayCommitWhatItLost(Map<String, Object> protocol) {
        Reader one = join(protocol);
        Reader two = join(protocol);
        settle(one, two);
        assertThat(one.consumer.assignment()).containsExactly(P1);
        one.commit(P0, 5);

        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(5));
        assertThat(group.commits()).last().satisfies(entry -> {
            assertThat(entry.member()).isEqualTo(one.member());
            assertThat(entry.generation())
                    .isEqualTo(one.consumer.groupMetadata().generationId());
            assertThat(entry.ownedWhenSent()).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void whoWasThrownOutCannotCommit(Map<String, Object> protocol) {
        Reader one = join(protocol);
        group.expire(one.member());

        assertThatThrownBy(() -> one.commit(P0, 5)).isInstanceOf(CommitFailedException.class);
        commitAsync(one, P0, 5);
        one.poll();
        assertThat(outcomes).containsExactly("CommitFailedException");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(0));
    }

    @Test
    void aCommitUnderWayReachesTheBrokerTooLateForItsMember() {
        Reader one = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.late(Duration.ofMillis(50)));
        commitAsync(one, P0, 5);
        group.expire(one.member());
        one.poll();
        one.poll();

        assertThat(outcomes).containsExactly("CommitFailedException");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(0));
    }

    @Test
    void underAnOldMemberEpochACommitIsGoodForWhatTheMemberStillHas() {
        Reader one = join(Reader.CONSUMER);
        faults.nextCommit(Fate.late(Duration.ofMillis(350))).nextCommit(Fate.late(Duration.ofMillis(350)));
        commitAsync(one, P0, 1);
        commitAsync(one, P1, 1);
        Reader two = new Reader(kafka.consumer("g", Reader.CONSUMER)).subscribe("orders");
        settle(two, one);

        assertThat(one.consumer.assignment()).containsExactly(P1);
        assertThat(outcomes).containsExactly("StaleMemberEpochException", "1");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(0));
    }

    @Test
    void betweenJoiningAndTheAssignmentCommitsAreRefusedForNow() {
        Reader one = join(Reader.COOPERATIVE);
        Reader two = new Reader(kafka.consumer("g", Reader.COOPERATIVE)).subscribe("orders");
        two.poll();
        one.poll();
        assertThat(one.consumer.assignment()).containsExactly(P1);
        assertThatThrownBy(() -> one.commit(P1, 2)).isInstanceOf(RebalanceInProgressException.class);
        settle(two, one);
        one.commit(P1, 3);

        assertThat(group.committed(P1)).contains(new OffsetAndMetadata(3));
    }

    @Test
    void anAssignedConsumerCommitsAsLongAsTheGroupIsEmpty() {
        Reader assigned = new Reader(kafka.consumer("g"));
        assigned.consumer.assign(List.of(P0));
        assigned.commit(P0, 1);
        kafka.partition(P0).append(null, "a");
        join(Reader.COOPERATIVE);

        assertThatThrownBy(() -> assigned.commit(P0, 2)).isInstanceOf(CommitFailedException.class);
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(1));
    }

    @Test
    void tooMuchTextIsRefusedForItsPartitionAlone() {
        Reader reader = join(Reader.COOPERATIVE);
        Map<TopicPartition, OffsetAndMetadata> offsets =
                Map.of(P0, new OffsetAndMetadata(1, "x".repeat(4097)), P1, new OffsetAndMetadata(1, "x".repeat(4096)));

        assertThatThrownBy(() -> reader.consumer.commitSync(offsets)).isInstanceOf(OffsetMetadataTooLarge.class);
        assertThat(group.committed(P0).orElseThrow().offset()).isZero();
        assertThat(group.committed(P1).orElseThrow().offset()).isEqualTo(1);
    }

    @Test
    void aCommitForAMissingTopicIsRetriable() {
        Reader reader = join(Reader.COOPERATIVE);
        TopicPartition missing = new TopicPartition("missing", 0);
        reader.consumer.commitAsync(Map.of(missing, new OffsetAndMetadata(1)), note());
        reader.poll();

        assertThat(outcomes).containsExactly("RetriableCommitFailedException");
        assertThatThrownBy(() -> reader.commit(missing, 1)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void aFailedCommitIsNotAppliedUnlessTheFaultSaysSo() {
        Reader reader = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.failed(GroupAuthorizationException.forGroupId("g")))
                .nextCommit(Fate.failedThoughApplied(new TimeoutException()));
        commitAsync(reader, P0, 1);
        commitAsync(reader, P0, 2);
        assertThat(group.commits())
                .last()
                .extracting(entry -> entry.offset().offset())
                .isEqualTo(2L);
        reader.poll();

        assertThat(outcomes).containsExactly("GroupAuthorizationException", "RetriableCommitFailedException");
    }

    @Test
    void anUnansweredCommitFailsWhenTheConnectionIsLostAndHoldsUpThoseBehindIt() {
        Reader reader = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.unanswered());
        commitAsync(reader, P0, 1);
        commitAsync(reader, P0, 2);
        reader.poll();
        assertThat(outcomes).isEmpty();
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(2));
        kafka.reconnect();
        reader.poll();
        assertThat(outcomes).containsExactly("RetriableCommitFailedException", "RetriableCommitFailedException");

        commitAsync(reader, P0, 3);
        reader.poll();
        assertThat(outcomes).last().isEqualTo("3");
    }

    @Test
    void anUnansweredCommitFailsAfterTheRequestTimeout() {
        Reader reader = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.lost());
        commitAsync(reader, P0, 1);
        reader.consumer.poll(Duration.ofSeconds(30));
        reader.poll();

        assertThat(outcomes).containsExactly("RetriableCommitFailedException");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(0));
    }

    @Test
    void whileTheBrokerIsDownCommitsFailRetriablyAndCommitSyncRunsIntoItsTimeout() {
        Reader reader = join(Reader.COOPERATIVE);
        kafka.down();
        commitAsync(reader, P0, 1);
        reader.poll();
        reader.poll();
        assertThat(outcomes).containsExactly("RetriableCommitFailedException");
        long before = kafka.now();
        assertThatThrownBy(() -> reader.commit(P0, 1)).isInstanceOf(TimeoutException.class);
        assertThat(kafka.now() - before).isEqualTo(Duration.ofSeconds(5).toNanos());
        kafka.up();
        reader.commit(P0, 1);

        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(1));
    }

    @Test
    void commitSyncTriesAgainWhatIsRetriable() {
        Reader reader = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.failed(new DisconnectException()))
                .nextCommit(Fate.failed(new UnknownTopicOrPartitionException()));
        reader.commit(P0, 1);

        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(1));
    }

    @Test
    void aWakeupEndsCommitSyncThoughTheCommitHappened() {
        Reader reader = join(Reader.COOPERATIVE);
        reader.consumer.wakeup();

        assertThatThrownBy(() -> reader.commit(P0, 1)).isInstanceOf(WakeupException.class);
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(1));
    }

    @Test
    void whereTheDriverLetsNoTimePassAnUnansweredCommitSyncTimesOut() {
        FakeKafka driven = new FakeKafka(() -> 0, () -> 0, nanos -> {}).createTopic("orders", 1);
        driven.faults(new ScriptedFaults().nextCommit(Fate.lost()));
        Reader reader = new Reader(driven.consumer("g"));
        reader.consumer.assign(List.of(P0));

        assertThatThrownBy(() -> reader.commit(P0, 1)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void withoutAGroupNothingCanBeCommitted() {
        Reader reader = new Reader(kafka.consumer(null));
        reader.consumer.assign(List.of(P0));

        assertThatThrownBy(() -> reader.commit(P0, 1)).isInstanceOf(InvalidGroupIdException.class);
        assertThatThrownBy(() -> reader.subscribe("orders")).isInstanceOf(InvalidGroupIdException.class);
    }

    @Test
    void closingWaitsForCommitsAndTheClassicConsumerLetsTheirCallbacksFall() {
        Reader newer = join(Reader.CONSUMER);
        faults.nextCommit(Fate.late(Duration.ofSeconds(1)));
        commitAsync(newer, P0, 1);
        newer.consumer.close();
        assertThat(outcomes).containsExactly("1");

        kafka.partition(P0).append(null, "a");
        Reader classic = join(Reader.COOPERATIVE);
        faults.nextCommit(Fate.late(Duration.ofSeconds(1)));
        commitAsync(classic, P0, 0);
        classic.consumer.close();
        assertThat(outcomes).containsExactly("1");
        assertThat(group.committed(P0)).contains(new OffsetAndMetadata(0));
    }

    @Test
    void withTheConsumerProtocolWhoLeftForWantOfPollsCommitsToTheEmptyGroup() {
        Reader one = join(Reader.CONSUMER);
        clock.advance(Duration.ofMinutes(6));
        one.commit(P0, 5);
        assertThat(group.commits()).last().extracting(CommitEntry::generation).isEqualTo(-1);

        group.reset(P0, new OffsetAndMetadata(0));
        join(Reader.CONSUMER);
        assertThatThrownBy(() -> one.commit(P0, 6)).isInstanceOf(CommitFailedException.class);
    }

    @Test
    void aResetFromOutsideStandsInTheHistory() {
        group.reset(P0, new OffsetAndMetadata(9));

        assertThat(group.commits()).last().satisfies(entry -> {
            assertThat(entry.member()).isEmpty();
            assertThat(entry.offset().offset()).isEqualTo(9);
        });
        group.forget(P0);
        assertThat(group.committed(P0)).isEmpty();
    }

    private Reader join(Map<String, Object> protocol) {
        Reader reader = new Reader(kafka.consumer("g", protocol)).subscribe("orders");
        reader.poll();
        return reader;
    }

    private void commitAsync(Reader reader, TopicPartition partition, long offset) {
        reader.consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(offset)), note());
    }

    private OffsetCommitCallback note() {
        return (offsets, error) -> outcomes.add(
                error == null
                        ? Long.toString(offsets.values().iterator().next().offset())
                        : error.getClass().getSimpleName());
    }

    private static void settle(Reader... readers) {
        for (int i = 0; i < 6; i++) {
            for (Reader reader : readers) {
                reader.poll();
            }
        }
    }
}
