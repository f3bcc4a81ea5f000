package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FakeGroupTest {

    private static final int PARTITIONS = 4;

    private final VirtualClock clock = new VirtualClock();
    private final FakeKafka kafka = new FakeKafka(clock).createTopic("orders", PARTITIONS);

    static List<Map<String, Object>> protocols() {
        return List.of(Reader.COOPERATIVE, Reader.EAGER, Reader.CONSUMER);
    }

    @BeforeEach
    void commitEverywhere() {
        for (int number = 0; number < PARTITIONS; number++) {
            kafka.group("g").reset(partition(number), new OffsetAndMetadata(0));
        }
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void aLoneMemberOwnsEverythingAfterItsFirstPoll(Map<String, Object> protocol) {
        Reader reader = join(protocol);
        reader.poll();

        assertThat(reader.told).containsExactly("assigned [0, 1, 2, 3]");
        assertThat(kafka.group("g").members()).containsOnlyKeys(reader.member());
        assertThat(reader.consumer.groupMetadata().generationId()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void twoMembersEndWithHalfEachAndNoPartitionIsEverOwnedTwice(Map<String, Object> protocol) {
        Reader one = join(protocol);
        one.poll();
        Reader two = join(protocol);
        for (int i = 0; i < 6; i++) {
            one.poll();
            two.poll();
            assertNoPartitionIsOwnedTwice();
        }

        assertThat(one.consumer.assignment()).hasSize(2);
        assertThat(two.consumer.assignment()).hasSize(2).doesNotContainAnyElementsOf(one.consumer.assignment());
    }

    @Test
    void cooperativelyOnlyThoseThatMoveAreRevokedAndTheOthersAreReadOn() {
        Reader one = join(Reader.COOPERATIVE);
        one.poll();
        Reader two = join(Reader.COOPERATIVE);
        two.poll();
        one.consumer.pause(List.of(partition(2)));
        kafka.partition("orders", 3).append(null, "read on");

        one.told.clear();
        assertThat(one.values()).containsExactly("read on");
        two.poll();
        one.poll();
        two.poll();

        assertThat(one.told).containsExactly("revoked [0, 1]", "assigned []", "assigned []");
        assertThat(one.consumer.paused()).containsExactly(partition(2));
        assertThat(two.told).containsExactly("assigned []", "assigned [0, 1]");
        assertThat(two.consumer.paused()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void aMemberThatHasNotHeardOfTheRebalanceGoesOnReadingAndCommitting(Map<String, Object> protocol) {
        Reader one = join(protocol);
        one.poll();
        Reader two = join(protocol);
        two.poll();
        kafka.faults(new Faults() {
            @Override
            public boolean heartbeat(String member) {
                return false;
            }
        });
        one.told.clear();
        kafka.partition("orders", 0).append(null, "read on");

        assertThat(one.values()).containsExactly("read on");
        one.commit(partition(0), 1);
        assertThat(one.told).isEmpty();
        kafka.faults(Faults.NONE);
        settle(one, two);
        assertThat(two.consumer.assignment()).hasSize(2);
    }

    @Test
    void eagerlyEverythingIsRevokedAndComesBackUnpaused() {
        Reader one = join(Reader.EAGER);
        one.poll();
        one.consumer.pause(List.of(partition(3)));
        one.told.clear();
        kafka.group("g").rebalance();
        one.poll();

        assertThat(one.told).containsExactly("revoked [0, 1, 2, 3]", "assigned [0, 1, 2, 3]");
        assertThat(one.consumer.paused()).isEmpty();
    }

    @Test
    void withTheConsumerProtocolAMemberIsGivenWhatAnotherLetGoWithoutARound() {
        Reader one = join(Reader.CONSUMER);
        one.poll();
        Reader two = join(Reader.CONSUMER);
        two.poll();
        assertThat(two.told).containsExactly("assigned []");
        one.poll();
        two.poll();

        assertThat(one.told).containsExactly("assigned [0, 1, 2, 3]", "revoked [0, 1]");
        assertThat(two.told).containsExactly("assigned []", "assigned [0, 1]");
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void whoLeavesIsToldRevokedAndTheRestIsSharedAnew(Map<String, Object> protocol) {
        Reader one = join(protocol);
        Reader two = join(protocol);
        settle(one, two);
        one.told.clear();
        one.consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        settle(two);

        assertThat(one.told).singleElement().asString().startsWith("revoked");
        assertThat(two.consumer.assignment()).hasSize(PARTITIONS);
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void whoIsThrownOutLosesItsPartitionsAtItsNextPollAndJoinsAgain(Map<String, Object> protocol) {
        Reader one = join(protocol);
        Reader two = join(protocol);
        settle(one, two);
        one.told.clear();
        String old = one.member();
        kafka.group("g").expire(old);
        settle(two);
        assertThat(two.consumer.assignment()).hasSize(PARTITIONS);
        assertThat(one.consumer.assignment()).hasSize(2);
        settle(one, two);

        assertThat(one.told.get(0)).startsWith("lost");
        assertThat(one.member()).isNotEqualTo(old);
        assertThat(one.consumer.assignment()).hasSize(2);
    }

    @Test
    void whoDoesNotPollWithinMaxPollIntervalIsThrownOut() {
        Reader one = new Reader(kafka.consumer("g", Map.of(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 1000)));
        one.subscribe("orders").poll();
        clock.advance(Duration.ofMillis(1001));
        kafka.runDue();

        assertThat(kafka.group("g").members()).isEmpty();
    }

    @Test
    void waitingInsideOfPollIsPolling() {
        Reader one = new Reader(kafka.consumer("g", Map.of(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 1000)));
        one.subscribe("orders");
        one.consumer.poll(Duration.ofMinutes(1));
        one.poll();

        assertThat(one.told).containsExactly("assigned [0, 1, 2, 3]");
    }

    @Test
    void aDeadProcessIsReplacedAfterTheSessionTimeout() {
        Reader one = new Reader(kafka.consumer("g", Map.of(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 1000)));
        one.subscribe("orders").poll();
        kafka.crash(one.consumer);
        Reader two = join(Reader.COOPERATIVE);
        two.poll();
        assertThat(two.consumer.assignment()).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        two.poll();

        assertThat(two.consumer.assignment()).hasSize(PARTITIONS);
        assertThatThrownBy(one::poll).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void newPartitionsAndNewTopicsAreAssignedAtTheNextPolls(Map<String, Object> protocol) {
        Reader one = join(protocol);
        one.subscribe("orders", "later").poll();
        kafka.group("g").reset(new TopicPartition("later", 0), new OffsetAndMetadata(0));
        kafka.group("g").reset(partition(4), new OffsetAndMetadata(0));
        kafka.createTopic("later", 1);
        kafka.growTopic("orders", 5);
        settle(one);

        assertThat(one.consumer.assignment()).hasSize(6).contains(new TopicPartition("later", 0), partition(4));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void partitionsOfADeletedTopicAreRevokedAndItsCommitsForgotten(Map<String, Object> protocol) {
        Reader one = join(protocol);
        one.poll();
        kafka.deleteTopic("orders");
        settle(one);

        assertThat(one.consumer.assignment()).isEmpty();
        assertThat(one.told).contains("revoked [0, 1, 2, 3]");
        assertThat(kafka.group("g").committed(partition(0))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void anotherSubscriptionTakesEffectInPoll(Map<String, Object> protocol) {
        kafka.createTopic("other", 1);
        kafka.group("g").reset(new TopicPartition("other", 0), new OffsetAndMetadata(0));
        Reader one = join(protocol);
        one.poll();
        one.subscribe("other");
        assertThat(one.consumer.assignment()).hasSize(PARTITIONS);
        one.poll();

        assertThat(one.consumer.assignment()).containsExactly(new TopicPartition("other", 0));
        assertThat(one.told).contains("revoked [0, 1, 2, 3]", "assigned [0]");
    }

    @Test
    void aCallbackThatThrowsEndsThePollAndTheRebalanceHasHappened() {
        Reader one = new Reader(kafka.consumer("g", Reader.COOPERATIVE));
        one.consumer.subscribe(List.of("orders"), new Failing());

        assertThatThrownBy(one::poll)
                .isExactlyInstanceOf(KafkaException.class)
                .hasMessage("User rebalance callback throws an error")
                .hasRootCauseMessage("no");
        assertThat(one.consumer.assignment()).hasSize(PARTITIONS);
    }

    private static final class Failing implements org.apache.kafka.clients.consumer.ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            throw new IllegalArgumentException("no");
        }
    }

    private void assertNoPartitionIsOwnedTwice() {
        List<TopicPartition> owned = new ArrayList<>();
        for (Set<TopicPartition> of : kafka.group("g").members().values()) {
            owned.addAll(of);
        }
        assertThat(owned).doesNotHaveDuplicates();
    }

    private Reader join(Map<String, Object> protocol) {
        return new Reader(kafka.consumer("g", protocol)).subscribe("orders");
    }

    private static void settle(Reader... readers) {
        for (int i = 0; i < 6; i++) {
            for (Reader reader : readers) {
                reader.poll();
            }
        }
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("orders", number);
    }
}
