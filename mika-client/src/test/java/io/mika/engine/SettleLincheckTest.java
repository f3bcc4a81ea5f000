package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
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
        options()
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(1)
                .invocationsPerIteration(6_000)
                .verifier(EpsilonVerifier.class)
                .check(Stalling.class);
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
        final Chunk chunk = new Chunk(lane, new ConsumerRecord[] {record}, 1);
        final OpenDelivery delivery = new OpenDelivery(chunk, 0, record);
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

    /** All but the model's check of threads. */
    private static final class AnyThreadContext implements LaneContext {
        final HandContext hand = new HandContext();

        @Override
        public void assertPollThread() {}

        @Override
        public void signal() {}

        @Override
        public long nanoTime() {
            return 1;
        }

        @Override
        public void failed(Failure failure) {
            hand.failed(failure);
        }

        @Override
        public void complete(Chunk chunk, int index, Settlement outcome) {
            hand.complete(chunk, index, outcome);
        }

        @Override
        public boolean settlesThrown() {
            return true;
        }

        @Override
        public void error(Throwable error) {}

        @Override
        public void enterHandler() {}

        @Override
        public void leaveHandler() {}
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

    /** Two records, one of which may be open at a time. */
    public static class Stalling {
        private final AnyThreadContext context = new AnyThreadContext();
        private final Queue<Runnable> turns = new ConcurrentLinkedQueue<>();
        private volatile Delivery[] handedOut = {};
        private final Lane lane = lane(
                context,
                new Dispatch(turns::add, 1, context),
                new Engine.Binding("orders", "orders", ConsumerOptions.create().maxInFlight(1), delivery -> {
                    handedOut = new Delivery[] {delivery};
                }));

        public Stalling() {
            lane.offer(List.of(LaneFixture.record(0, 1), LaneFixture.record(1, 1)), Limits.DEFAULT);
        }

        @Operation(runOnce = true)
        public void turn() {
            Runnable turn = turns.poll();
            if (turn != null) {
                turn.run();
            }
        }

        @Operation(runOnce = true)
        public void ack() {
            for (var delivery : handedOut) {
                delivery.ack();
            }
        }

        @Operation(runOnce = true)
        public void fail() {
            for (var delivery : handedOut) {
                var unused = delivery.fail("no");
            }
        }

        @Validate
        public void check() {
            if (lane.late() == 0 && turns.isEmpty() && !through()) {
                throw new IllegalStateException("stalled, and nothing is open");
            }
        }

        private boolean through() {
            return handedOut.length > 0 && handedOut[0].record().offset() == 1;
        }
    }
}
