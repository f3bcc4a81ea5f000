package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each thing that can happen to a record does to it, in each of its states. */
class SettleStatesTest {
    private final LaneFixture hand = new LaneFixture().startingAt(0);
    private final Chunk chunk;
    private final OpenDelivery delivery;

    SettleStatesTest() {
        hand.pollAndHandOut(0);
        delivery = (OpenDelivery) hand.delivery(0);
        chunk = delivery.chunk();
    }

    /** The delivery's call returned and left it open: every state begins there. */
    private void bringTo(SettleState state) {
        switch (state) {
            case OPEN -> {
                assertThat(chunk.move(0, SettleState.LATE, SettleState.OPEN)).isTrue();
                hand.lane.lateSettled(); // as if its call still ran
            }
            case LATE -> assertThat(chunk.state(0)).isEqualTo(SettleState.LATE);
            case FAILING -> startFailing();
            case ACKED -> delivery.ack();
            case DISCARDED -> hand.lane.discard(chunk, 0);
            case WAITING -> {
                startFailing();
                hand.context.complete(chunk, 0, Settlement.RETRIED_IN_PLACE);
                hand.lane.again(waiting());
            }
            case WRITTEN -> {
                startFailing();
                written();
            }
        }
        assertThat(chunk.state(0)).isEqualTo(state);
    }

    private void startFailing() {
        var unused = fail();
    }

    private CompletableFuture<Settlement> fail() {
        return delivery.fail("no");
    }

    private boolean written() {
        boolean settled = hand.lane.written(chunk, 0);
        if (settled) {
            hand.context.complete(chunk, 0, Settlement.RETRIED);
        }
        return settled;
    }

    private WaitingRecord waiting() {
        return new WaitingRecord(chunk, 0, delivery.record(), delivery.is().againInPlace(), 0);
    }

    private void expect(SettleState state) {
        assertThat(chunk.state(0)).isEqualTo(state);
        assertThat(hand.lane.late()).as("counted").isEqualTo(state.isCountedOpen() ? 1 : 0);
        assertThat(hand.watermark().offset()).as("watermark").isEqualTo(state.isSettled() ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, ACKED, ACKED",
        "LATE, ACKED, ACKED",
        "FAILING, ALREADY_SETTLED, FAILING",
        "ACKED, ALREADY_SETTLED, ACKED",
        "DISCARDED, NOT_OWNED, DISCARDED",
        "WAITING, ALREADY_SETTLED, WAITING",
        "WRITTEN, ALREADY_SETTLED, WRITTEN",
    })
    void ack(SettleState state, Settlement answer, SettleState then) {
        bringTo(state);
        assertThat(delivery.ack()).isEqualTo(answer);
        expect(then);
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, , FAILING",
        "LATE, , FAILING",
        "FAILING, , FAILING",
        "ACKED, ALREADY_SETTLED, ACKED",
        "DISCARDED, NOT_OWNED, DISCARDED",
        "WAITING, ALREADY_SETTLED, WAITING",
        "WRITTEN, ALREADY_SETTLED, WRITTEN",
    })
    void fail(SettleState state, Settlement answer, SettleState then) {
        bringTo(state);
        CompletableFuture<Settlement> future = fail();
        if (answer == null) {
            assertThat(future).isNotDone();
            written();
            assertThat(future).isCompletedWithValue(Settlement.RETRIED);
            expect(SettleState.WRITTEN);
        } else {
            assertThat(future).isCompletedWithValue(answer);
            expect(then);
        }
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void written(SettleState state) {
        bringTo(state);
        boolean under = state == SettleState.FAILING;
        assertThat(written()).as("it settles").isEqualTo(under);
        expect(under ? SettleState.WRITTEN : state);
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void handedOutAgainHere(SettleState state) {
        bringTo(state);
        hand.lane.again(waiting());
        expect(state == SettleState.FAILING ? SettleState.WAITING : state);
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void takenFromWaiting(SettleState state) {
        bringTo(state);
        assertThat(waiting().take() != null).isEqualTo(state == SettleState.WAITING);
        expect(state == SettleState.WAITING ? SettleState.OPEN : state);
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void parked(SettleState state) {
        bringTo(state);
        assertThat(hand.lane.park(chunk, 0)).isEqualTo(state == SettleState.WAITING);
        expect(state == SettleState.WAITING ? SettleState.FAILING : state);
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void openedAgain(SettleState state) {
        bringTo(state);
        hand.lane.reopen(chunk, 0);
        expect(state == SettleState.FAILING ? SettleState.LATE : state);
    }

    @ParameterizedTest
    @EnumSource(SettleState.class)
    void discarded(SettleState state) {
        bringTo(state);
        hand.lane.discard(chunk, 0);
        expect(state.isSettled() ? state : SettleState.DISCARDED);
    }

    @Test
    void aDiscardAnswersTheFailureUnderWay() {
        CompletableFuture<Settlement> future = fail();
        hand.lane.discard(chunk, 0);

        assertThat(future).isCompletedWithValue(Settlement.NOT_OWNED);
        assertThat(written()).as("what was written all the same is a copy").isFalse();
    }

    @Test
    void aDiscardAfterTheWriteTakesNothingBack() {
        CompletableFuture<Settlement> future = fail();
        written();
        hand.lane.discard(chunk, 0);

        assertThat(future).isCompletedWithValue(Settlement.RETRIED);
        expect(SettleState.WRITTEN);
    }

    @Test
    void theDeliveryBeforeTheOneInPlaceSettlesNothingAndANewAckDoes() {
        LaneFixture lane = new LaneFixture(ConsumerOptions.create().inPlaceRetries(1, Backoff.none()), Limits.DEFAULT)
                .startingAt(0);
        lane.pollAndHandOut(0);
        OpenDelivery first = (OpenDelivery) lane.delivery(0);
        CompletableFuture<Settlement> failed = first.fail("no");
        lane.context.complete(first.chunk(), 0, Settlement.RETRIED_IN_PLACE);
        lane.lane.again(
                new WaitingRecord(first.chunk(), 0, first.record(), first.is().againInPlace(), 0));
        lane.runHandlers();
        Delivery second = lane.delivery(0);

        assertThat(failed).isCompletedWithValue(Settlement.RETRIED_IN_PLACE);
        assertThat(first.ack()).isEqualTo(Settlement.ALREADY_SETTLED);
        assertThat(first.fail("again")).isCompletedWithValue(Settlement.ALREADY_SETTLED);
        assertThat(second.ack()).isEqualTo(Settlement.ACKED);
        assertThat(first.ack()).isEqualTo(Settlement.ALREADY_SETTLED);
        assertThat(lane.watermark().offset()).isEqualTo(1);
    }

    @Test
    void aDiscardInTheBackoffLeavesNothingForEitherDelivery() {
        LaneFixture lane = new LaneFixture(ConsumerOptions.create().inPlaceRetries(1, Backoff.none()), Limits.DEFAULT)
                .startingAt(0);
        lane.pollAndHandOut(0);
        OpenDelivery first = (OpenDelivery) lane.delivery(0);
        var unused = first.fail("no");
        lane.context.complete(first.chunk(), 0, Settlement.RETRIED_IN_PLACE);
        lane.lane.again(
                new WaitingRecord(first.chunk(), 0, first.record(), first.is().againInPlace(), 0));
        lane.lane.discard();
        lane.runHandlers();

        assertThat(lane.handedOut).containsExactly(0L);
        assertThat(first.ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(lane.lane.late()).isZero();
        assertThat(lane.watermark().offset()).isZero();
    }
}
