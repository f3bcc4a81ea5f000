package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import io.mika.test.fake.ScriptedFaults;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 15: what errors mean. */
class ErrorsTest {
    private final ScriptedFaults faults = new ScriptedFaults();
    private final Scene scene = new Scene();

    ErrorsTest() {
        scene.idle();
        scene.kafka().faults(faults);
        scene.calls.clear();
    }

    private long polls() {
        return scene.calls.all().stream().filter(call -> call.is("poll")).count();
    }

    // ---- of polls

    static Stream<RuntimeException> retriable() {
        return Stream.of(
                new TimeoutException("no answer"),
                new DisconnectException("gone"),
                new CoordinatorNotAvailableException("moving"),
                new UnknownServerException("anything"),
                new KafkaException("of no class of its own"));
    }

    @ParameterizedTest
    @MethodSource("retriable")
    void whatMayPassIsReportedAndTriedAgainSoon(RuntimeException error) {
        faults.nextPoll(error).nextPoll(error);
        scene.publish(3).seconds(1);

        assertThat(scene.told.errors()).containsExactly(error, error);
        assertThat(scene.handed()).hasSize(3);
        assertThat(scene.committed()).isEqualTo(3);
    }

    @Test
    void whatMayPassIsNotTriedAgainInHaste() {
        for (int i = 0; i < 1000; i++) {
            faults.nextPoll(new TimeoutException("no answer"));
        }
        scene.seconds(10);

        assertThat(polls()).isBetween(10L, 100L);
    }

    static Stream<RuntimeException> refused() {
        return Stream.of(
                new TopicAuthorizationException("orders"),
                new GroupAuthorizationException("billing"),
                new SaslAuthenticationException("wrong password"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusalIsReportedAndTheClientGoesOnSlowly(RuntimeException error) {
        faults.nextPoll(error).nextPoll(error);
        scene.publish(3).seconds(29);
        assertThat(scene.told.errors()).containsExactly(error);
        assertThat(polls()).isEqualTo(1);

        scene.seconds(31);
        assertThat(scene.told.errors()).containsExactly(error, error);
        scene.seconds(10);
        assertThat(scene.handed()).hasSize(3);
        assertThat(scene.tester().closed()).isNotDone();
    }

    static Stream<RuntimeException> fatal() {
        return Stream.of(
                new FencedInstanceIdException("another one"),
                new UnsupportedVersionException("too old"),
                new IllegalStateException("a program's error"));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void whatNothingMendsClosesTheClientWithItsCause(RuntimeException error) {
        faults.nextPoll(error);
        scene.publish(3).seconds(30);

        assertThat(scene.report().cause()).containsSame(error);
        assertThat(scene.told.events()).contains("closed");
    }

    // ---- of commits

    static Stream<RuntimeException> rejected() {
        return Stream.of(
                new CommitFailedException("not a member of this generation"),
                new RebalanceInProgressException("later"),
                new RetriableCommitFailedException("later"),
                new StaleMemberEpochException("an old epoch"),
                new UnknownTopicOrPartitionException("of some partition"),
                new UnknownServerException("anything"));
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void aRejectedCommitIsNoReasonToClose(RuntimeException error) {
        faults.nextCommit(Fate.failed(error));
        scene.publish(3).seconds(3);

        assertThat(scene.tester().closed()).isNotDone();
        assertThat(scene.committed()).isEqualTo(3);
    }

    @Test
    void aRefusedCommitIsTriedAgainSlowlyAndRecordsGoOn() {
        GroupAuthorizationException refused = new GroupAuthorizationException("billing");
        faults.nextCommit(Fate.failed(refused));
        scene.publish(3).seconds(1).publish(3).seconds(28);
        assertThat(scene.told.errors()).containsExactly(refused);
        assertThat(scene.handed()).hasSize(6);
        assertThat(scene.calls.commits(ORDERS)).containsExactly(3L);

        scene.seconds(5);
        assertThat(scene.calls.commits(ORDERS)).containsExactly(3L, 6L);
        assertThat(scene.committed()).isEqualTo(6);
    }

    @Test
    void aCommitThatFailsAgainAndAgainIsToldNowAndThen() {
        scene.kafka().faults(new Faults() {
            @Override
            public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
                return Fate.failed(new RetriableCommitFailedException("the coordinator is away"));
            }
        });
        scene.publish(3).seconds(25);
        assertThat(scene.calls.commits(ORDERS)).hasSizeGreaterThan(30);
        assertThat(scene.told.errors()).hasSize(3);

        scene.kafka().faults(Faults.NONE);
        scene.seconds(1);
        assertThat(scene.committed()).isEqualTo(3);
    }

    @Test
    void aCommitThatSaysThatAnotherIsInOurPlaceClosesTheClient() {
        FencedInstanceIdException fenced = new FencedInstanceIdException("another one");
        faults.nextCommit(Fate.failed(fenced));
        scene.publish(3).seconds(30);

        assertThat(scene.report().cause()).containsSame(fenced);
    }

    // ---- of handlers

    @Test
    void aHandlerThatThrowsKeepsNoRecordBehindItWaiting() {
        scene.firstOfAll(delivery -> {
            if (delivery.record().offset() == 1) {
                throw new IllegalStateException("no such customer");
            }
        });
        scene.publish(3).seconds(3);

        assertThat(scene.handed()).containsExactly(0L, 1L, 2L);
        assertThat(scene.committed()).isEqualTo(1);
        assertThat(scene.tester().closed()).isNotDone();
    }
}
