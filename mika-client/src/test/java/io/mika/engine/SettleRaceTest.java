package io.mika.engine;

import static io.mika.engine.LaneFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads settle the same deliveries at once, while their handler call returns and the poll thread sweeps. */
@Timeout(120)
class SettleRaceTest {
    private static final int ROUNDS = 2_000;
    private static final int RECORDS = 48;
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SplittableRandom random = new SplittableRandom(42);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void oneOfSeveralSettlementsWins() {
        for (int round = 0; round < ROUNDS; round++) {
            Round race = new Round(10_000);
            race.racing(race::ack, race::ack, race::fail, race::fail);
            race.awaitHandedOut(RECORDS);
            race.end();
            race.settleTheRest();

            assertThat(race.lane.late()).isZero();
            assertThat(race.winners()).containsOnly(1);
            race.lane.sweep();
            assertThat(race.lane.watermark().offset()).isEqualTo(RECORDS);
            assertThat(race.lane.isIdle()).isTrue();
            race.checkFutures();
        }
    }

    @Test
    void aDiscardWinsOrLosesAgainstSettlements() {
        for (int round = 0; round < ROUNDS; round++) {
            Round race = new Round(10_000);
            race.racing(race::ack, race::fail, race::ack);
            race.awaitHandedOut(random.nextInt(RECORDS));
            race.lane.discard();
            race.end();

            assertThat(race.lane.late()).isZero();
            race.checkFutures();
            race.checkDiscarded(0);
        }
    }

    @Test
    void aResetWinsOrLosesAgainstSettlements() {
        for (int round = 0; round < ROUNDS; round++) {
            Round race = new Round(10_000);
            race.racing(race::ack, race::fail, race::ack);
            race.awaitHandedOut(random.nextInt(RECORDS));
            int place = random.nextInt(RECORDS);
            race.lane.resetTo(new Mark(place, 1));
            race.awaitHandedOut(place);
            race.end();
            race.settleTheRest();

            assertThat(race.lane.late()).isZero();
            assertThat(race.lane.isConsistent()).isTrue();
            race.checkFutures();
            race.checkDiscarded(place);
            race.lane.sweep();
            assertThat(race.lane.watermark()).isEqualTo(new Mark(place, 1));
            assertThat(race.lane.isIdle()).isTrue();
        }
    }

    @Test
    void aLaneWithLittleRoomNeverStopsForGood() {
        for (int round = 0; round < ROUNDS / 10; round++) {
            Round race = new Round(1 + round % 3);
            race.racing(race::ackUntilSettled, race::fail, race::fail);
            race.awaitHandedOut(RECORDS);
            race.end();
            race.settleTheRest();

            assertThat(race.lane.late()).isZero();
            race.lane.sweep();
            assertThat(race.lane.watermark().offset()).isEqualTo(RECORDS);
        }
    }

    private final class Round {
        private final HandContext context = new HandContext();
        private final AtomicReferenceArray<Delivery> deliveries = new AtomicReferenceArray<>(RECORDS);
        private final AtomicIntegerArray acked = new AtomicIntegerArray(RECORDS);
        private final Queue<CompletableFuture<Settlement>> failures = new ConcurrentLinkedQueue<>();
        private final List<BlockingQueue<Optional<Delivery>>> racers = new ArrayList<>();
        private final List<CompletableFuture<Void>> running = new ArrayList<>();
        private final Lane lane;

        Round(int maxInFlight) {
            Engine.Binding binding = new Engine.Binding(
                    "orders", "orders", ConsumerOptions.create().maxInFlight(maxInFlight), delivery -> {
                        deliveries.set(offset(delivery), delivery);
                        racers.forEach(racer -> racer.add(Optional.of(delivery)));
                    });
            lane = new Lane(LaneFixture.PARTITION, binding, context, new Dispatch(threads, 1, context));
            lane.startAt(new Mark(0, 1));
            lane.run();
        }

        private static int offset(Delivery delivery) {
            return (int) delivery.record().offset();
        }

        /** Each of these gets every delivery, on a thread of its own, from the moment it is handed out. */
        @SafeVarargs
        final void racing(Consumer<Delivery>... settlements) {
            for (Consumer<Delivery> settlement : settlements) {
                BlockingQueue<Optional<Delivery>> handedOut = new LinkedBlockingQueue<>();
                racers.add(handedOut);
                running.add(CompletableFuture.runAsync(() -> settle(handedOut, settlement), threads));
            }
            lane.offer(
                    LongStream.range(0, RECORDS).mapToObj(at -> record(at, 1)).toList(),
                    LaneFixture.limits(1 + random.nextInt(RECORDS), Long.MAX_VALUE));
            lane.advanceTo(new Mark(RECORDS, 1));
        }

        private static void settle(BlockingQueue<Optional<Delivery>> handedOut, Consumer<Delivery> settlement) {
            try {
                for (var next = handedOut.take(); next.isPresent(); next = handedOut.take()) {
                    settlement.accept(next.get());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void ack(Delivery delivery) {
            if (delivery.ack() == Settlement.ACKED) {
                acked.incrementAndGet(offset(delivery));
            }
        }

        /** Until the failure of another is routed nowhere, an ack is refused. */
        void ackUntilSettled(Delivery delivery) {
            while (acked.get(offset(delivery)) == 0 && delivery.isOwned()) {
                ack(delivery);
            }
        }

        void fail(Delivery delivery) {
            failures.add(delivery.fail("no"));
        }

        /** What the poll thread does meanwhile. */
        void awaitHandedOut(int records) {
            long giveUp = System.nanoTime() + PATIENCE;
            while (records > 0 && deliveries.get(records - 1) == null) {
                step();
                assertThat(System.nanoTime() - giveUp)
                        .as("the lane stopped for good: " + lane)
                        .isNegative();
            }
        }

        private void step() {
            context.routeNowhere();
            lane.sweep();
            assertThat(lane.isConsistent()).isTrue();
        }

        /** No more is handed out: the racers end. */
        void end() {
            while (lane.isHandling()) {
                LockSupport.parkNanos(1_000);
            }
            racers.forEach(racer -> racer.add(Optional.empty()));
            CompletableFuture<Void> all = CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new));
            while (!all.isDone()) {
                step();
            }
            all.orTimeout(20, TimeUnit.SECONDS).join();
            context.routeNowhere();
        }

        void settleTheRest() {
            for (int offset = 0; offset < RECORDS; offset++) {
                Delivery delivery = deliveries.get(offset);
                if (delivery != null) {
                    ack(delivery);
                }
            }
        }

        List<Integer> winners() {
            List<Integer> counts = new ArrayList<>();
            for (int offset = 0; offset < RECORDS; offset++) {
                counts.add(acked.get(offset));
            }
            return counts;
        }

        void checkFutures() {
            assertThat(failures).allMatch(CompletableFuture::isDone);
        }

        /** From there on what was not acked is not ours; and nothing that is not acked is taken for settled. */
        void checkDiscarded(int from) {
            SettledRanges settled = lane.settled();
            for (int offset = from; offset < RECORDS; offset++) {
                Delivery delivery = deliveries.get(offset);
                boolean won = acked.get(offset) == 1;
                if (delivery != null) {
                    assertThat(delivery.ack()).isEqualTo(won ? Settlement.ALREADY_SETTLED : Settlement.NOT_OWNED);
                }
                if (!won) {
                    assertThat(lane.watermark().offset()).isLessThanOrEqualTo(offset);
                    assertThat(settled.contains(offset, 1)).isFalse();
                }
            }
        }
    }
}
