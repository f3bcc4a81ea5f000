package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.consumer.ConsumerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A handler call that runs beyond the deadline, and is told to end. */
class InterruptTest {
    private final CountDownLatch never = new CountDownLatch(1);
    private final List<Boolean> interruptedBefore = new ArrayList<>();

    private LaneFixture hanging(ConsumerOptions options) {
        LaneFixture lane = new LaneFixture(options, Limits.DEFAULT).startingAt(0);
        lane.handling(delivery -> {
            interruptedBefore.add(Thread.currentThread().isInterrupted());
            if (delivery.record().offset() == 0) {
                assertThat(never.await(1, TimeUnit.MINUTES)).isFalse();
            }
            delivery.ack();
        });
        lane.poll(0, 1);
        return lane;
    }

    private static OpenDelivery inCall(LaneFixture lane) {
        await().pollInSameThread().until(() -> lane.lane.handedOpen().stream().anyMatch(OpenRecord::inCall));
        OpenDelivery delivery = lane.lane.handedOpen().get(0).delivery();
        return Objects.requireNonNull(delivery);
    }

    @Test
    void whatAnInterruptedCallThrowsSettlesNothingAndTheNextCallIsNotInterrupted() throws InterruptedException {
        LaneFixture lane = hanging(
                ConsumerOptions.create().ackDeadline(Duration.ofSeconds(1)).interruptOnDeadline());
        Thread handler = new Thread(lane::runHandlers, "handler-7");
        handler.start();
        OpenDelivery delivery = inCall(lane);
        assertThat(lane.lane.handlerOf(lane.lane.handedOpen().get(0))).isEqualTo("handler-7");
        delivery.interrupt();
        handler.join(TimeUnit.MINUTES.toMillis(1));

        assertThat(handler.isAlive()).isFalse();
        assertThat(interruptedBefore).containsExactly(false, false);
        assertThat(lane.context.failuresUnderWay()).isZero();
        assertThat(lane.handedOpen()).containsExactly(0L);
    }

    @Test
    void aCallThatHasReturnedIsNotInterrupted() {
        LaneFixture lane =
                new LaneFixture(ConsumerOptions.create().interruptOnDeadline(), Limits.DEFAULT).startingAt(0);
        lane.pollAndHandOut(0);

        Objects.requireNonNull(lane.lane.handedOpen().get(0).delivery()).interrupt();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(lane.lane.handlerOf(lane.lane.handedOpen().get(0))).isNull();
    }
}
