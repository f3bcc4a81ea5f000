package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.env.GroupProtocol;
import io.mika.test.fake.CommitEntry;
import io.mika.test.fake.ScriptedFaults;
import io.mika.test.rules.ConsumerCalls.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 2 to 4: who may settle, and who may commit. */
class OwnershipTest {
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aDeliveryOfAnEarlierAssignmentSettlesNothingInTheNextOne(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol)).holds(2);
        scene.publish(5).idle();
        Delivery earlier = scene.delivery(2);
        scene.loseMembership();
        scene.seconds(5);
        Delivery later = scene.delivery(2);
        assertThat(later).isNotSameAs(earlier);

        assertThat(earlier.isOwned()).isFalse();
        assertThat(earlier.ack()).isEqualTo(Settlement.NOT_OWNED);
        scene.seconds(5);
        assertThat(scene.committed()).isEqualTo(2);

        assertThat(later.ack()).isEqualTo(Settlement.ACKED);
        scene.seconds(5);
        assertThat(scene.committed()).isEqualTo(5);
    }

    @Test
    void whatIsNotAssignedRightNowIsNotCommitted() {
        Scene scene = new Scene(plan -> plan.topic("orders", 2)).holds(3);
        scene.publish(5).publish(ORDERS_1, 5).seconds(2);
        scene.calls.hidden.add(ORDERS);
        scene.calls.clear();

        scene.delivery(ORDERS, 3).ack();
        scene.delivery(ORDERS_1, 3).ack();
        scene.seconds(5);
        assertThat(scene.calls.commits(ORDERS)).isEmpty();
        assertThat(scene.calls.commits(ORDERS_1)).containsExactly(5L);

        scene.calls.hidden.clear();
        scene.seconds(5);
        assertThat(scene.calls.commits(ORDERS)).containsExactly(5L);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aPartitionThatMovedOnIsCommittedByItsNewOwnerAlone(GroupProtocol protocol) {
        Scene former = new Scene(plan -> plan.groupProtocol(protocol).topic("orders", 2)).holds(2);
        former.publish(5).publish(ORDERS_1, 5).idle();
        Scene next = former.second(plan -> plan.groupProtocol(protocol));
        next.idle();
        next.seconds(30);
        assertThat(former.group().members().values())
                .allSatisfy(owned -> assertThat(owned).hasSize(1));

        former.deliveries.forEach(Delivery::ack);
        former.publish(5).publish(ORDERS_1, 5).seconds(30);

        assertThat(former.group().commits()).allMatch(CommitEntry::ownedWhenSent);
        assertThat(former.commits(ORDERS)).isSorted().endsWith(10L);
        assertThat(former.commits(ORDERS_1)).isSorted().endsWith(10L);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void afterALossNothingIsCommittedBeforeAPollHasReturned(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol));
        scene.publish(5).idle();
        scene.group().forget(ORDERS); // the next assignment looks for a start, and would commit it
        scene.calls.polled = records -> {
            throw new TimeoutException("no answer");
        };
        scene.loseMembership();
        scene.calls.clear();

        scene.seconds(10);
        assertThat(scene.told.events()).contains("lost [orders-0]", "assigned [orders-0]");
        assertThat(scene.calls.commits()).isEmpty();

        scene.calls.polled = records -> records;
        scene.seconds(2);
        assertThat(scene.calls.commits(ORDERS)).isNotEmpty();
    }

    @Test
    void whoDidNotPollForTooLongCommitsNothingBeforeAPollHasReturned() {
        ScriptedFaults faults = new ScriptedFaults();
        Scene scene = new Scene(plan -> plan.consumerProperty("max.poll.interval.ms", 10_000)).holds(2);
        scene.publish(5).idle();
        scene.kafka().faults(faults.nextPoll(new TopicAuthorizationException("orders")));
        scene.seconds(1); // the engine waits half a minute now, and may be out of its group meanwhile
        scene.calls.clear();

        scene.delivery(2).ack();
        scene.advance(Duration.ofSeconds(40));

        assertThat(scene.calls.all().stream().filter(call -> call.is("poll") || call.isCommit()))
                .first()
                .matches(call -> call.is("poll"));
        assertThat(scene.calls.all().stream().map(Call::method)).contains("onPartitionsLost");
    }

    /** A handler that hangs holds its partition no longer than its deadline, whoever owns it by then. */
    @Test
    void aPartitionThatComesBackWaitsForItsHandlerUntilThatIsStuck() {
        List<Integer> handed = new ArrayList<>();
        Scene scene = new Scene(
                plan -> {},
                options -> options.ackDeadline(Duration.ofSeconds(40)).concurrency(2));
        scene.firstOfAll(delivery -> {
            if (scene.deliveries.size() == 1) {
                scene.loseMembership();
                scene.seconds(30);
                handed.add(scene.deliveries.size());
                scene.seconds(30);
                handed.add(scene.deliveries.size());
            }
        });
        scene.publish(1).idle();

        assertThat(handed).containsExactly(1, 2);
        assertThat(scene.committed()).isEqualTo(1);
    }
}
