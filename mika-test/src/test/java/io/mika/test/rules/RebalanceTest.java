package io.mika.test.rules;

import static io.mika.test.rules.Revoke.GOES;
import static io.mika.test.rules.Revoke.STAYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.env.GroupProtocol;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 11 and 12: partitions that are revoked, and partitions that are lost. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a drain that is not served may spin for ever
class RebalanceTest {
    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    // ---- rule 11

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aRevokedPartitionHandsOutNothingMoreAndTheOthersGoOn(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol, plan -> {}, options -> options.maxInFlight(1));
        Scene owner = revoke.owner.holds(offset -> true);
        owner.publish(STAYS, 100).publish(GOES, 100).idle();
        for (int i = 0; i < 5; i++) {
            int offset = i;
            revoke.after(seconds(1 + i), () -> owner.delivery(STAYS, offset).ack());
        }
        revoke.after(seconds(7), () -> {
            assertThat(owner.handed(STAYS)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            owner.delivery(GOES, 0).ack();
        });
        revoke.happens();

        assertThat(owner.handed(GOES)).containsExactly(0L);
        assertThat(revoke.next().handed(GOES)).startsWith(1L, 2L).hasSize(99);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatAHandlerHasIsWaitedForAndNoLonger(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol);
        revoke.owner.holds(2).publish(GOES, 5).idle();
        revoke.after(
                seconds(3),
                () -> assertThat(revoke.owner.delivery(GOES, 2).ack()).isEqualTo(Settlement.ACKED));
        revoke.happens();

        assertThat(revoke.took()).isBetween(seconds(3), Duration.ofMillis(3200));
        assertThat(revoke.owner.calls.commits(GOES)).endsWith(5L);
        assertThat(revoke.next().handed(GOES)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatIsQueuedIsNotWaitedFor(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol, plan -> {}, options -> options.maxInFlight(1));
        revoke.owner.holds(0).publish(GOES, 100).idle();
        revoke.after(seconds(1), () -> revoke.owner.delivery(GOES, 0).ack()).happens();

        assertThat(revoke.took()).isLessThan(seconds(2));
        assertThat(revoke.next().handed(GOES)).hasSize(99);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatWasSettledIsCommittedBeforeThePartitionGoes(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol);
        revoke.owner.holds(7).publish(GOES, 10).idle();
        revoke.happens();

        assertThat(revoke.owner.calls.commits(GOES)).endsWith(7L);
        assertThat(revoke.next().handed(GOES)).containsExactly(7L);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aDrainEndsInTimeAndWhatIsStillOpenIsTheNextOwners(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol);
        revoke.owner.holds(2).publish(GOES, 3).idle();
        revoke.happens();

        assertThat(revoke.took()).isEqualTo(seconds(10));
        assertThat(revoke.owner.delivery(GOES, 2).ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(revoke.next().handed(GOES)).containsExactly(2L);
        assertThat(revoke.next().committed(GOES)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aDrainDoesNotWaitForWhatIsStuck(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol, plan -> {}, options -> options.ackDeadline(seconds(20)));
        revoke.owner.holds(2).publish(GOES, 3).idle().seconds(30);
        revoke.happens();

        assertThat(revoke.took()).isEqualTo(Duration.ZERO);
        assertThat(revoke.next().handed(GOES)).containsExactly(2L);
    }

    /** It looks for the age of what is open once a second, and knows nothing of a record that came since. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aDrainWaitsForWhatWasHandedOutWhileThePollThreadStoodStill(GroupProtocol protocol) {
        Revoke revoke = new Revoke(
                protocol,
                plan -> {},
                options -> options.ackDeadline(seconds(20)).maxInFlight(1));
        Scene owner = revoke.owner;
        owner.holds(offset -> true).publish(GOES, 2).idle();
        Runnable begins = owner.calls.onRevoke;
        owner.calls.onRevoke = () -> {
            owner.seconds(30);
            owner.delivery(GOES, 0).ack();
            owner.seconds(1);
            begins.run();
        };
        revoke.happens();

        assertThat(owner.handed(GOES)).containsExactly(0L, 1L);
        assertThat(revoke.took()).isEqualTo(seconds(10));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aDrainTakesHalfOfThePollIntervalAtMost(GroupProtocol protocol) {
        Revoke revoke =
                new Revoke(protocol, plan -> plan.consumerProperty("max.poll.interval.ms", 8000), options -> {});
        revoke.owner.holds(2).publish(GOES, 3).idle();
        revoke.happens();

        assertThat(revoke.took()).isEqualTo(seconds(4));
        assertThat(revoke.owner.told.events("lost")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aFailureIsServedDuringTheDrainOfAnotherPartition(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol);
        Scene owner = revoke.owner.holds(0);
        owner.publish(STAYS, 1).publish(GOES, 1).idle();
        List<CompletableFuture<Settlement>> failed = new ArrayList<>();
        revoke.after(seconds(1), () -> failed.add(owner.delivery(STAYS, 0).fail("no such customer")));
        revoke.after(seconds(3), () -> {
            assertThat(failed.get(0)).isCompletedExceptionally();
            owner.delivery(GOES, 0).ack();
        });
        revoke.happens();

        assertThat(owner.delivery(STAYS, 0).isOwned()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aCommandIsServedDuringADrain(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol);
        Scene owner = revoke.owner.holds(0).publish(GOES, 1).idle();
        List<CompletableFuture<Void>> limited = new ArrayList<>();
        revoke.after(seconds(1), () -> limited.add(owner.tester().rateLimit("orders", 10)));
        revoke.after(seconds(3), () -> {
            assertThat(limited.get(0)).isDone();
            owner.delivery(GOES, 0).ack();
        });
        revoke.happens();

        assertThat(revoke.took()).isLessThan(seconds(4));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aWriteUnderWayIsWaitedFor(GroupProtocol protocol) {
        Revoke revoke = new Revoke(protocol, plan -> plan.retryTopic("retry"), options -> options.retries(1));
        Scene owner = revoke.owner.holds(0).publish(GOES, 3).idle();
        owner.kafka().faults(new ScriptedFaults().nextProduce(Fate.answeredLate(seconds(3))));
        List<CompletableFuture<Settlement>> failed = new ArrayList<>();
        revoke.after(seconds(1), () -> failed.add(owner.delivery(GOES, 0).retry(new IllegalStateException("later"))));
        revoke.happens();

        assertThat(failed.get(0)).isCompletedWithValue(Settlement.RETRIED);
        assertThat(revoke.took()).isBetween(seconds(4), Duration.ofMillis(4200));
        assertThat(revoke.owner.calls.commits(GOES)).endsWith(3L);
    }

    // ---- rule 12

    private static Scene alone(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol).commitInterval(Duration.ofHours(1)));
        return scene.idle();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatIsLostIsNotCommitted(GroupProtocol protocol) {
        Scene scene = alone(protocol);
        scene.holds(3).publish(5).idle();
        scene.calls.clear();

        scene.loseMembership();
        scene.idle();

        assertThat(scene.told.events("lost")).hasSize(1);
        assertThat(scene.told.events("revoked")).isEmpty();
        assertThat(scene.calls.all()).noneMatch(ConsumerCalls.Call::isCommit);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void whatIsLostIsNotOwnedAnyMore(GroupProtocol protocol) {
        Scene scene = alone(protocol);
        scene.holds(3).publish(5).idle();
        Delivery open = scene.delivery(3);
        CompletableFuture<Settlement> late = new CompletableFuture<>();
        scene.told.onLost(() -> late.complete(open.ack()));

        scene.loseMembership();
        scene.idle();

        assertThat(late).isCompletedWithValue(Settlement.NOT_OWNED);
        assertThat(open.fail("too late")).isCompletedWithValue(Settlement.NOT_OWNED);
        assertThat(scene.handed()).startsWith(0L, 1L, 2L, 3L, 4L, 0L);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void nobodyWaitsForWhatIsLost(GroupProtocol protocol) {
        Scene scene = alone(protocol);
        scene.holds(3).publish(5).idle();
        Instant before = scene.tester().now();

        scene.loseMembership();
        scene.idle();

        assertThat(scene.tester().now()).isEqualTo(before);
        assertThat(scene.told.events("lost")).hasSize(1);
    }
}
