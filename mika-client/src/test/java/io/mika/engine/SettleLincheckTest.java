package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;

/** Explores the interleavings of everything that can happen to one delivery at once. */
class SettleLincheckTest {
    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(12)
                .invocationsPerIteration(150)
                .threads(3)
                .actorsPerThread(1)
                .actorsBefore(1)
                .actorsAfter(1);
    }

    /** With one thread that fails it, settling is as if one thing happened after another. */
    @Test
    void settlingIsLinearizable() {
        options().sequentialSpecification(OneRecord.class).check(Settling.class);
    }

    /** With several, the one whose fail() came second may still ack before the first one's takes effect. */
    @Test
    void severalFailuresLeaveNoFutureOpen() {
        options().verifier(EpsilonVerifier.class).check(Failing.class);
    }

    @Test
    void aLaneWithoutRoomGoesOnWhenThereIsSome() {
        once().invocationsPerIteration(4_000).check(Stalling.class);
    }

    @Test
    void whatComesWhileTheRunnerGoesIdleIsHandedOut() {
        once().check(GoingIdle.class);
    }

    @Test
    void nothingIsHandedOutAfterADrainSawNoHandler() {
        once().check(Draining.class);
    }

    /** Each operation on a thread of its own, once. */
    private static ModelCheckingOptions once() {
        return options()
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(1)
                .invocationsPerIteration(1_000)
                .verifier(EpsilonVerifier.class);
    }

    private static Lane lane(LaneContext context, Dispatch dispatch, Engine.Binding binding) {
        Lane lane = new Lane(LaneFixture.PARTITION, binding, context, dispatch);
        lane.startAt(new Mark(0, 1));
        lane.run();
        return lane;
    }

    /** One record whose handler call runs. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final class Subject {
        final AnyThreadContext context = new AnyThreadContext();
        final Lane lane = lane(
                context,
                new Dispatch(task -> {}, 1, context),
                new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {}));
        final ConsumerRecord<byte[], byte[]> record = LaneFixture.record(0, 1);
        final Chunk chunk = new Chunk(lane, new ConsumerRecord[] {record}, 1, false);
        final OpenDelivery delivery = new OpenDelivery(
                chunk,
                0,
                record,
                Attempt.first(new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {}), null));
        final Queue<CompletableFuture<Settlement>> failures = new ConcurrentLinkedQueue<>();
        final AtomicInteger acked = new AtomicInteger();

        Settlement ack() {
            Settlement outcome = delivery.ack();
            if (outcome == Settlement.ACKED) {
                acked.incrementAndGet();
            }
            return outcome;
        }

        void fail() {
            failures.add(delivery.fail("no"));
        }

        void returned() {
            lane.returned(chunk, 0);
        }

        void discard() {
            lane.discard(chunk, 0);
        }

        void route() {
            context.hand.routeNowhere();
        }

        void check() {
            SettleState state = chunk.state(0);
            int late = state.isCountedOpen() ? 1 : 0;
            if (lane.late() != late) {
                throw new IllegalStateException(state + " and late " + lane.late());
            }
            if (acked.get() != (state == SettleState.ACKED ? 1 : 0)) {
                throw new IllegalStateException(state + " and acked " + acked.get() + " times");
            }
            if (state != SettleState.FAILING && !failures.stream().allMatch(CompletableFuture::isDone)) {
                throw new IllegalStateException(state + " and a future is open");
            }
        }
    }

    public static class Settling {
        private final Subject subject = new Subject();

        @Operation
        public Settlement ack() {
            return subject.ack();
        }

        @Operation(nonParallelGroup = "fail")
        public void fail() {
            subject.fail();
        }

        @Operation(nonParallelGroup = "poll thread")
        public void discard() {
            subject.discard();
        }

        @Operation(nonParallelGroup = "runner", runOnce = true)
        public void returned() {
            subject.returned();
        }

        @Validate
        public void check() {
            subject.check();
        }
    }

    /** The same, said for one thread. */
    public static class OneRecord {
        private boolean failing;
        private boolean acked;
        private boolean discarded;

        public Settlement ack() {
            if (failing || acked) {
                return Settlement.ALREADY_SETTLED;
            }
            if (discarded) {
                return Settlement.NOT_OWNED;
            }
            acked = true;
            return Settlement.ACKED;
        }

        public void fail() {
            failing = !acked && !discarded;
        }

        public void discard() {
            discarded = !acked;
            failing = false;
        }

        public void returned() {}
    }

    public static class Failing {
        private final Subject subject = new Subject();

        @Operation
        public void ack() {
            subject.ack();
        }

        @Operation
        public void fail() {
            subject.fail();
        }

        @Operation(nonParallelGroup = "poll thread")
        public void discard() {
            subject.discard();
        }

        @Operation(nonParallelGroup = "poll thread")
        public void route() {
            subject.route();
        }

        @Operation(nonParallelGroup = "runner", runOnce = true)
        public void returned() {
            subject.returned();
        }

        @Validate
        public void check() {
            subject.check();
        }
    }

    /** A lane whose turns are taken when the test says. */
    private static final class Turns {
        final Lane lane;
        final AtomicInteger handedOut = new AtomicInteger();
        volatile Delivery[] last = {};
        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

        Turns(ConsumerOptions options) {
            AnyThreadContext context = new AnyThreadContext();
            Dispatch dispatch = new Dispatch(waiting::add, 1, context);
            lane = lane(context, dispatch, new Engine.Binding("orders", "orders", options, delivery -> {
                handedOut.incrementAndGet();
                last = new Delivery[] {delivery};
            }));
        }

        void offer(long... offsets) {
            lane.offer(
                    LongStream.of(offsets)
                            .mapToObj(offset -> LaneFixture.record(offset, 1))
                            .toList(),
                    Limits.DEFAULT);
        }

        void take() {
            Runnable turn = waiting.poll();
            if (turn != null) {
                turn.run();
            }
        }

        boolean areTaken() {
            return waiting.isEmpty();
        }
    }

    /** Two records, one of which may be open at a time. */
    public static class Stalling {
        private final Turns turns = new Turns(ConsumerOptions.create().maxInFlight(1));

        public Stalling() {
            turns.offer(0, 1);
        }

        @Operation(runOnce = true)
        public void turn() {
            turns.take();
        }

        @Operation(runOnce = true)
        public void ack() {
            for (Delivery delivery : turns.last) {
                delivery.ack();
            }
        }

        @Operation(runOnce = true)
        public void fail() {
            for (Delivery delivery : turns.last) {
                var unused = delivery.fail("no");
            }
        }

        @Validate
        public void check() {
            if (turns.lane.late() == 0 && turns.areTaken() && turns.handedOut.get() < 2) {
                throw new IllegalStateException("stalled, and nothing is open");
            }
        }
    }

    /** A record comes while the runner finds that there is none. */
    public static class GoingIdle {
        private final Turns turns = new Turns(ConsumerOptions.create());

        public GoingIdle() {
            turns.offer(0);
        }

        @Operation(runOnce = true)
        public void turn() {
            turns.take();
        }

        @Operation(runOnce = true)
        public void offer() {
            turns.offer(1);
        }

        @Operation(runOnce = true)
        public void turnOfAnotherThread() {
            turns.take();
        }

        @Validate
        public void check() {
            if (turns.areTaken() && turns.handedOut.get() < 2) {
                throw new IllegalStateException("idle, and a record is queued");
            }
        }
    }

    /** A drain begins while records are handed out. */
    public static class Draining {
        private final Turns turns = new Turns(ConsumerOptions.create());
        private volatile int drainedAt = -1;

        public Draining() {
            turns.offer(0, 1);
        }

        @Operation(runOnce = true)
        public void turn() {
            turns.take();
        }

        @Operation(runOnce = true)
        public void stop() {
            turns.lane.stop();
            if (!turns.lane.hasHandedOpen()) {
                drainedAt = turns.handedOut.get();
            }
        }

        @Operation(runOnce = true)
        public void ack() {
            for (Delivery delivery : turns.last) {
                delivery.ack();
            }
        }

        @Validate
        public void check() {
            if (drainedAt >= 0 && turns.handedOut.get() > drainedAt) {
                throw new IllegalStateException("handed out after the drain");
            }
        }
    }
}
