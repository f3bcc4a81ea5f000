package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import io.mika.test.EngineDoors;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import java.time.Duration;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Where a partition begins, and what comes before its first record. */
class StartTest {
    private final ScriptedFaults faults = new ScriptedFaults();

    @Test
    void nothingIsHandedOutBeforeTheStartIsConfirmed() {
        Scene scene = new Scene().publish(4);
        scene.kafka().faults(faults.nextCommit(Fate.answeredLate(Duration.ofSeconds(3))));

        scene.idle().seconds(2);
        assertThat(scene.committed()).isZero();
        assertThat(scene.handed()).isEmpty();

        scene.seconds(2);
        assertThat(scene.handed()).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void aStartThatWasNotTakenIsCommittedAgainBeforeAnythingIsHandedOut() {
        Scene scene = new Scene().publish(4);
        scene.kafka()
                .faults(faults.nextCommit(Fate.failed(new RetriableCommitFailedException("not now")))
                        .nextCommit(Fate.late(Duration.ofSeconds(5))));

        scene.idle().seconds(4);
        assertThat(scene.handed()).isEmpty();
        scene.seconds(5);
        assertThat(scene.handed()).hasSize(4);
    }

    @Test
    void aCommittedOffsetIsTheStartAndIsNotCommittedOnceMore() {
        Scene scene = new Scene().publish(4);
        scene.kafka().group("billing").reset(ORDERS, new OffsetAndMetadata(3));
        scene.kafka().faults(faults.nextCommit(Fate.answeredLate(Duration.ofHours(1))));

        scene.idle();

        assertThat(scene.handed()).containsExactly(3L);
    }

    @Test
    void whoBeginsAtTheLatestMissesNothingThatCameBeforeItsFirstAck() {
        Scene first = new Scene(plan -> plan.startFrom(StartPosition.latest())).publish(3);
        first.idle();
        first.tester().kill();
        first.publish(2);

        Scene second = first.second(plan -> plan.startFrom(StartPosition.latest()));
        second.seconds(60);

        assertThat(second.handed()).containsExactly(3L, 4L);
    }

    @Test
    void aStartIsCommittedAtOnceHoweverLongTheInterval() {
        Scene scene = new Scene(plan -> plan.commitInterval(Duration.ofHours(1)))
                .holds(0)
                .publish(1)
                .idle();
        scene.kafka().growTopic("orders", 2);
        scene.publish(ORDERS_1, 2).seconds(3);

        assertThat(scene.handed(ORDERS_1)).hasSize(2);
    }

    @Test
    void aLookUpThatFailedIsMadeAgain() {
        Scene scene = new Scene().publish(2);
        scene.kafka()
                .faults(faults.nextLookup(Fate.failed(new TimeoutException("no answer")))
                        .nextLookup(Fate.failed(new TimeoutException("no answer"))));

        scene.seconds(10);

        assertThat(scene.handed()).hasSize(2);
        assertThat(scene.told.errors()).isNotEmpty();
        assertThat(scene.tester().closed()).isNotDone();
    }

    @Test
    void aPartitionThatStartsKeepsNoOtherWaiting() {
        Scene scene = new Scene().publish(2);
        scene.idle();
        scene.kafka().faults(faults.nextLookup(Fate.answeredLate(Duration.ofSeconds(20))));
        scene.kafka().growTopic("orders", 2);
        scene.publish(ORDERS_1, 2).seconds(10);
        assertThat(scene.handed(ORDERS_1)).isEmpty();

        scene.publish(2).seconds(1);
        assertThat(scene.handed()).hasSize(4);
        scene.seconds(20);
        assertThat(scene.handed(ORDERS_1)).hasSize(2);
    }

    @Test
    void aGroupWithoutAStartFailsAndSaysWhatToSet() {
        Scene scene = new Scene(EngineDoors::withoutStart).publish(2);

        scene.idle();

        assertThat(scene.report().cause())
                .get()
                .isInstanceOf(ConfigException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("KAFKA_CONSUMER_START_FROM", "startFrom(...)", "orders-0");
        assertThat(scene.handed()).isEmpty();
    }
}
