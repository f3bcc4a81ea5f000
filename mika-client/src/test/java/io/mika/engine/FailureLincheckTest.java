package io.mika.engine;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.record.FailureHeaders;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.List;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Explores the interleavings of everything that can happen to one failure at once. */
class FailureLincheckTest {
    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(150)
                .threads(3)
                .actorsPerThread(1)
                .actorsBefore(1)
                .actorsAfter(1);
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

    @Test
    void aWriteSettlesOrComesTooLate() {
        options().sequentialSpecification(OneFailure.class).check(Writing.class);
    }

    @Test
    void aFailureThatLeadsNowhereLeavesTheDeliveryToWhoeverSettlesIt() {
        options().verifier(EpsilonVerifier.class).check(GoingNowhere.class);
    }

    @Test
    void aRecordThatIsHandedOutAgainIsSettledByItsNewDeliveryAlone() {
        once().check(InPlace.class);
    }

    @Test
    void aRetryLaneWithoutRoomGoesOnWhenThereIsSome() {
        once().check(RetryStalling.class);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static OpenDelivery delivery(LaneContext context, ConsumerOptions options) {
        Engine.Binding binding = new Engine.Binding("orders", "orders", options, delivery -> {});
        Lane lane = new Lane(LaneFixture.PARTITION, binding, context, new Dispatch(task -> {}, 1, context));
        ConsumerRecord<byte[], byte[]> record = LaneFixture.record(0, 1);
        Chunk chunk = new Chunk(lane, new ConsumerRecord[] {record}, 1, false);
        return new OpenDelivery(chunk, 0, record, Attempt.first(binding, null));
    }

    private static void checkCount(Lane lane, SettleState state) {
        if (lane.late() != (state.isCountedOpen() ? 1 : 0)) {
            throw new IllegalStateException(state + " and late " + lane.late());
        }
    }

    /** A failure whose write is under way, and its answer. */
    public static class Writing {
        private final AnyThreadContext context = new AnyThreadContext();
        private final OpenDelivery delivery = delivery(context, ConsumerOptions.create());
        private final Lane lane = delivery.chunk().lane;
        private final Queue<CompletableFuture<Settlement>> futures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger writes = new AtomicInteger();

        @Operation
        public Settlement ack() {
            return delivery.ack();
        }

        @Operation(nonParallelGroup = "handler")
        public void fail() {
            futures.add(delivery.fail("no"));
        }

        @Operation(nonParallelGroup = "producer")
        public boolean written() {
            boolean settled = lane.written(delivery.chunk(), 0);
            if (settled) {
                writes.incrementAndGet();
                context.complete(delivery.chunk(), 0, Settlement.DEAD_LETTERED);
            }
            return settled;
        }

        @Operation(nonParallelGroup = "poll thread")
        public void discard() {
            lane.discard(delivery.chunk(), 0);
        }

        @Validate
        public void check() {
            SettleState state = delivery.chunk().state(0);
            checkCount(lane, state);
            if (writes.get() != (state == SettleState.WRITTEN ? 1 : 0)) {
                throw new IllegalStateException(state + " and written " + writes.get() + " times");
            }
            if (state != SettleState.FAILING && !futures.stream().allMatch(CompletableFuture::isDone)) {
                throw new IllegalStateException(state + " and a future is open");
            }
        }
    }

    /** The same, said for one thread. */
    public static class OneFailure {
        private SettleState state = SettleState.OPEN;

        public Settlement ack() {
            if (state == SettleState.OPEN) {
                state = SettleState.ACKED;
                return Settlement.ACKED;
            }
            return state == SettleState.DISCARDED ? Settlement.NOT_OWNED : Settlement.ALREADY_SETTLED;
        }

        public void fail() {
            if (state == SettleState.OPEN) {
                state = SettleState.FAILING;
            }
        }

        public boolean written() {
            boolean failing = state == SettleState.FAILING;
            if (failing) {
                state = SettleState.WRITTEN;
            }
            return failing;
        }

        public void discard() {
            if (!state.isFinal()) {
                state = SettleState.DISCARDED;
            }
        }
    }

    /** A delivery that might be repeated in place, and whose failure is none of those that are. */
    public static class GoingNowhere {
        private final OpenDelivery delivery =
                delivery(AnyThreadContext.deciding(), ConsumerOptions.create().inPlaceRetries(1, Backoff.none()));
        private final Queue<CompletableFuture<Settlement>> futures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger acked = new AtomicInteger();

        @Operation
        public void ack() {
            if (delivery.ack() == Settlement.ACKED) {
                acked.incrementAndGet();
            }
        }

        @Operation
        public void fail() {
            futures.add(delivery.fail("no"));
        }

        @Operation(nonParallelGroup = "runner", runOnce = true)
        public void returned() {
            delivery.chunk().lane.returned(delivery.chunk(), 0);
        }

        @Validate
        public void check() {
            SettleState state = delivery.chunk().state(0);
            checkCount(delivery.chunk().lane, state);
            if (!futures.stream().allMatch(CompletableFuture::isDone)) {
                throw new IllegalStateException(state + " and a future is open");
            }
            boolean settled = acked.get() == 1;
            if (settled == (delivery.ack() == Settlement.ACKED)) {
                throw new IllegalStateException(delivery + ", acked " + acked.get() + " times, and cannot be settled");
            }
        }
    }

    /** The first delivery fails, and is acked and discarded by others; the second is acked in its call. */
    public static class InPlace {
        private final AnyThreadContext context = AnyThreadContext.deciding();
        private final Queue<Runnable> turns = new ConcurrentLinkedQueue<>();
        private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
        private final AtomicInteger acked = new AtomicInteger();
        private final Lane lane;

        public InPlace() {
            Engine.Binding binding = new Engine.Binding(
                    "orders", "orders", ConsumerOptions.create().inPlaceRetries(1, Backoff.none()), delivery -> {
                        deliveries.add(delivery);
                        if (delivery.attempt() == 2) {
                            count(delivery.ack());
                        }
                    });
            lane = new Lane(LaneFixture.PARTITION, binding, context, new Dispatch(turns::add, 1, context));
            lane.startAt(new Mark(0, 1));
            lane.run();
            lane.offer(List.of(LaneFixture.record(0, 1)), Limits.DEFAULT);
            turn();
        }

        private void count(Settlement outcome) {
            if (outcome == Settlement.ACKED) {
                acked.incrementAndGet();
            }
        }

        @Operation(runOnce = true)
        public void failAndTurn() {
            var unused = deliveries.element().retry(null);
            turn();
        }

        private void turn() {
            for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
                turn.run();
            }
        }

        @Operation(runOnce = true)
        public void ackTheFirst() {
            count(deliveries.element().ack());
        }

        @Operation(runOnce = true)
        public void discard() {
            lane.discard();
        }

        @Validate
        public void check() {
            lane.sweep();
            boolean settled = lane.watermark().offset() == 0 && lane.position().offset() == 0 && lane.isIdle();
            if (acked.get() != (settled || lane.watermark().offset() > 0 ? 1 : 0)) {
                throw new IllegalStateException(lane + " and acked " + acked.get() + " times");
            }
            if (lane.late() != 0) {
                throw new IllegalStateException(lane + " and late " + lane.late());
            }
        }
    }

    /** Two records of the retry topic, one of which may be open at a time. */
    public static class RetryStalling {
        private final Queue<Runnable> turns = new ConcurrentLinkedQueue<>();
        private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
        private final Lane lane;
        private volatile @Nullable RuntimeException thrown;

        public RetryStalling() {
            AnyThreadContext context = AnyThreadContext.deciding();
            EngineEvents events = new EngineEvents("test", "", List.of(), Runnable::run);
            Writes writes = new Writes("billing", null, null, context, events, () -> 0);
            RetryConsumers consumers = new RetryConsumers(
                    "billing",
                    new WaitingBudget(Limits.DEFAULT),
                    asked -> {},
                    writes,
                    () -> 0,
                    Duration.ofMinutes(1),
                    () -> 1,
                    () -> 0);
            Engine.Binding binding = new Engine.Binding(
                    "orders", "orders", ConsumerOptions.create().maxInFlight(1), deliveries::add);
            consumers.add(new RetryConsumer(
                    binding, new Dispatch(turns::add, 2, context), 1, new WaitingBudget(Limits.DEFAULT)));
            lane = Lane.sorted(
                    LaneFixture.PARTITION,
                    context,
                    made -> new RetryHandOut(made, Source.RETRY, SettledRanges.NONE, context, consumers, events));
            lane.startAt(new Mark(0, 1));
            lane.run();
            lane.offer(
                    LongStream.range(0, 2).mapToObj(FailureLincheckTest::failed).toList(), Limits.DEFAULT);
        }

        @Operation(runOnce = true)
        public void turn() {
            take();
        }

        @Operation(runOnce = true)
        public void ack() {
            deliveries.forEach(Delivery::ack);
        }

        @Operation(runOnce = true)
        public void turnOfAnotherThread() {
            take();
        }

        private void take() {
            Runnable turn = turns.poll();
            if (turn != null) {
                try {
                    turn.run();
                } catch (RuntimeException broken) {
                    thrown = broken;
                }
            }
        }

        @Validate
        public void check() {
            if (thrown != null) {
                throw new IllegalStateException("a turn ended before its time", thrown);
            }
            if (lane.late() == 0 && turns.isEmpty() && deliveries.size() < 2) {
                throw new IllegalStateException("stalled, and nothing is open");
            }
        }
    }

    private static ConsumerRecord<byte[], byte[]> failed(long offset) {
        ConsumerRecord<byte[], byte[]> record = LaneFixture.record(offset, 1);
        FailureHeaders.init(record.headers(), "billing", "orders", "no")
                .forEach(header -> record.headers().add(header));
        return record;
    }
}
