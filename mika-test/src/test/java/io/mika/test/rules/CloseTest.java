package io.mika.test.rules;

import static io.mika.test.rules.Scene.ORDERS;
import static io.mika.test.rules.Scene.ORDERS_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.env.GroupProtocol;
import io.mika.event.AbandonedRecord;
import io.mika.event.CloseReport;
import io.mika.test.fake.Fate;
import io.mika.test.fake.ScriptedFaults;
import io.mika.test.rules.ConsumerCalls.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 16 to 18: how a client ends. */
class CloseTest {
    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    // ---- rule 16

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void closingCommitsWhatIsSettledAndLeavesTheGroup(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol).commitInterval(Duration.ofHours(1)));
        scene.publish(5).idle();
        scene.publish(5);
        CloseReport report = scene.tester().close(seconds(10));

        assertThat(report.drained()).isTrue();
        assertThat(report.leftGroup()).isTrue();
        assertThat(report.lastCommits()).containsEntry(ORDERS, scene.committed());
        assertThat(scene.committed()).isEqualTo(scene.handed().size());
        assertThat(scene.group().members()).isEmpty();
    }

    @Test
    void whatAHandlerHasIsDrainedAndWhatIsQueuedIsNot() {
        Scene scene = new Scene();
        scene.idle();
        scene.firstOfAll(delivery -> {
            if (delivery.record().offset() == 0) {
                var unused = scene.tester().closeGracefully(seconds(20));
            }
            scene.seconds(3);
        });
        scene.publish(100).seconds(20);

        assertThat(scene.handed()).containsExactly(0L);
        assertThat(scene.tester().closed()).isCompletedWithValueMatching(CloseReport::drained);
        assertThat(scene.committed()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void theMemberPollsOnWhileItDrainsWithEverythingPaused(GroupProtocol protocol) {
        Scene scene = new Scene(plan ->
                plan.groupProtocol(protocol).topic("orders", 2).consumerProperty("max.poll.interval.ms", 5_000));
        scene.holds(0).publish(1).idle();
        CompletableFuture<CloseReport> closed = scene.tester().closeGracefully(seconds(30));
        scene.publish(ORDERS_1, 1).seconds(15);
        assertThat(scene.calls.behind().paused()).containsExactlyInAnyOrder(ORDERS, ORDERS_1);
        assertThat(scene.handed(ORDERS_1)).isEmpty();
        assertThat(closed).isNotDone();

        scene.delivery(0).ack();
        scene.seconds(1);
        assertThat(closed).isCompletedWithValueMatching(CloseReport::drained);
        assertThat(scene.told.events("lost")).isEmpty();
        assertThat(scene.committed()).isEqualTo(1);
    }

    @Test
    void whatStaysOpenIsReportedAndTheCommitStaysBelow() {
        Scene scene = new Scene().holds(2).publish(5).idle();
        scene.seconds(3);
        CloseReport report = scene.tester().close(seconds(10));

        assertThat(report.drained()).isFalse();
        assertThat(report.abandoned()).extracting(AbandonedRecord::offset).containsExactly(2L);
        assertThat(report.abandoned()).extracting(AbandonedRecord::age).allMatch(age -> age.compareTo(seconds(3)) >= 0);
        assertThat(report.lastCommits()).containsEntry(ORDERS, 2L);
        assertThat(scene.delivery(2).ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(scene.committed()).isEqualTo(2);
    }

    @Test
    void closingEndsByItsDeadlineWhileTheBrokerIsDown() {
        Scene scene = new Scene()
                .publish(5)
                .idle()
                .holds(offset -> offset >= 5)
                .publish(5)
                .idle();
        scene.kafka().down();
        scene.deliveries.forEach(Delivery::ack);
        Instant before = scene.tester().now();
        CloseReport report = scene.tester().close(seconds(2));

        assertThat(Duration.between(before, scene.tester().now())).isLessThanOrEqualTo(seconds(2));
        assertThat(report.lastCommits()).containsEntry(ORDERS, 5L);
    }

    @Test
    void closingEndsByItsDeadlineWhateverKafkaDoesAndCommitsNothingAfterIt() {
        Scene scene = new Scene()
                .publish(5)
                .idle()
                .holds(offset -> offset >= 5)
                .publish(5)
                .idle();
        List<String> seen = new ArrayList<>();
        scene.calls.beforePoll = () -> {
            scene.calls.beforePoll = () -> {};
            scene.deliveries.forEach(Delivery::ack);
            scene.calls.clear();
            scene.seconds(60); // hangs
            seen.add("closed by then: " + scene.tester().closed().isDone());
        };
        CompletableFuture<CloseReport> closed = scene.tester().closeGracefully(seconds(2));
        scene.seconds(120);

        assertThat(seen).containsExactly("closed by then: true");
        assertThat(closed).isCompletedWithValueMatching(report -> report.took().equals(seconds(2)));
        assertThat(scene.report().leftGroup()).isFalse();
        assertThat(scene.calls.commits()).isEmpty();
        assertThat(scene.deliveries).noneMatch(Delivery::isOwned);
    }

    @Test
    void aRevokeThatComesAfterTheDeadlineCommitsNothing() {
        Scene scene =
                new Scene(plan -> plan.topic("orders", 2)).publish(ORDERS, 5).idle();
        scene.holds(offset -> offset >= 5).publish(ORDERS, 5).idle();
        scene.calls.onRevoke = () -> {
            CompletableFuture<CloseReport> closed = scene.tester().closeGracefully(seconds(2));
            scene.seconds(60); // hangs
            assertThat(closed).isDone();
            scene.deliveries.forEach(Delivery::ack);
            scene.calls.clear();
        };
        Scene next = scene.second(plan -> {});
        next.seconds(120);

        assertThat(scene.told.events()).contains("closed");
        assertThat(scene.calls.commits()).isEmpty();
        assertThat(next.handed(ORDERS)).containsExactly(5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void aLaterCloseBringsTheDeadlineForwardOnly() {
        Scene scene = new Scene().holds(2).publish(5).idle();
        CompletableFuture<CloseReport> closed = scene.tester().closeGracefully(seconds(20));
        scene.seconds(1);
        CompletableFuture<CloseReport> sooner = scene.tester().closeGracefully(seconds(4));
        CompletableFuture<CloseReport> later = scene.tester().closeGracefully(seconds(60));
        scene.seconds(5);

        assertThat(closed).isCompletedWithValueMatching(report -> report.took().compareTo(seconds(5)) <= 0);
        assertThat(List.of(later.join(), sooner.join())).allMatch(closed.join()::equals);
    }

    @Test
    void aLastCommitThatFailsIsTriedAgainWithinTheTime() {
        Scene scene = new Scene(plan -> plan.commitInterval(Duration.ofHours(1)))
                .publish(5)
                .idle();
        scene.holds(7).publish(5).idle();
        scene.kafka().faults(new ScriptedFaults().nextCommit(Fate.failed(new RebalanceInProgressException("later"))));
        CloseReport report = scene.tester().close(seconds(10));

        assertThat(report.lastCommits()).containsEntry(ORDERS, 7L);
        assertThat(scene.committed()).isEqualTo(7);
    }

    @Test
    void aLastCommitThatNeverSucceedsDoesNotKeepTheMemberInItsGroup() {
        Scene scene = new Scene().publish(5).idle();
        ScriptedFaults faults = new ScriptedFaults();
        for (int i = 0; i < 1000; i++) {
            faults.nextCommit(Fate.failed(new RebalanceInProgressException("later")));
        }
        scene.kafka().faults(faults);
        scene.publish(5).idle();
        CloseReport report = scene.tester().close(seconds(5));

        assertThat(report.lastCommits()).containsEntry(ORDERS, 5L);
        assertThat(report.leftGroup()).isTrue();
        assertThat(report.took()).isLessThan(seconds(5));
    }

    // ---- rule 17

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void everyCallThatMayBlockHasATimeOut(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol).topic("orders", 2));
        scene.holds(3).publish(5).publish(ORDERS_1, 5).idle();
        Scene next = scene.second(plan -> plan.groupProtocol(protocol));
        next.seconds(60);
        next.tester().close(seconds(10));
        scene.seconds(60);
        scene.loseMembership();
        scene.seconds(60);
        scene.tester().close(seconds(2));

        List<Call> calls = new ArrayList<>(scene.calls.all());
        calls.addAll(next.calls.all());
        assertThat(calls).anyMatch(call -> call.is("commitSync"));
        assertThat(calls).allMatch(CloseTest::isBounded);
    }

    /** Of those that Kafka documents as blocking; the others do not wait. */
    private static boolean isBounded(Call call) {
        return switch (call.method()) {
            case "poll" -> atMost(seconds(1), call.arguments().get(0));
            case "commitSync" ->
                call.arguments().size() == 2
                        && atMost(seconds(5), call.arguments().get(1));
            case "close" ->
                call.arguments().size() == 1
                        && call.arguments().get(0) instanceof CloseOptions options
                        && atMost(seconds(10), options.timeout().orElseThrow());
            case "committed",
                    "position",
                    "partitionsFor",
                    "listTopics",
                    "beginningOffsets",
                    "endOffsets",
                    "offsetsForTimes",
                    "clientInstanceId" ->
                call.arguments().get(call.arguments().size() - 1) instanceof Duration timeout
                        && atMost(seconds(5), timeout);
            default -> true;
        };
    }

    private static boolean atMost(Duration bound, Object timeout) {
        return ((Duration) timeout).compareTo(bound) <= 0;
    }

    // ---- rule 18

    @Test
    void aHandlerMayCloseAndIsDrainedItself() {
        Scene scene = new Scene();
        List<CloseReport> reports = new ArrayList<>();
        scene.firstOfAll(delivery -> {
            reports.add(scene.tester().close(seconds(5)));
            scene.seconds(1);
        });
        scene.publish(3).seconds(10);

        assertThat(reports).singleElement().returns(false, CloseReport::isFinal);
        assertThat(scene.tester().closed()).isCompletedWithValueMatching(CloseReport::drained);
        assertThat(scene.committed()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aListenerMayCloseInTheMiddleOfARebalance(GroupProtocol protocol) {
        Scene scene = new Scene(plan -> plan.groupProtocol(protocol).topic("orders", 2)).holds(2);
        scene.publish(ORDERS, 5).idle();
        List<CloseReport> reports = new ArrayList<>();
        scene.told.onRevoke(() -> reports.add(scene.tester().close(seconds(5))));
        Scene next = scene.second(plan -> plan.groupProtocol(protocol));
        next.seconds(60);

        assertThat(reports).singleElement().returns(false, CloseReport::isFinal);
        assertThat(scene.tester().closed()).isDone();
        assertThat(next.group().members()).hasSize(1);
        assertThat(next.handed(ORDERS)).containsExactly(2L);
    }

    @Test
    void closingAgainGivesTheSameReport() {
        Scene scene = new Scene().publish(3).idle();
        CloseReport first = scene.tester().close(seconds(5));

        assertThat(scene.tester().close(seconds(5))).isSameAs(first);
        assertThat(scene.tester().closeNow()).isSameAs(first);
        assertThat(scene.told.events("closed")).hasSize(1);
    }
}
