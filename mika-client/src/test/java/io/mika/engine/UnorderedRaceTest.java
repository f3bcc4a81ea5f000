package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads hand out and settle, while the poll thread adds and sweeps: order per key, and nobody is forgotten. */
@Timeout(120)
class UnorderedRaceTest {
    private static final int ROUNDS = 150;
    private static final int RECORDS = 400;
    private static final int KEYS = 7;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ExecutorService settlers = Executors.newFixedThreadPool(2);
    private final SplittableRandom random = new SplittableRandom(7);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
        settlers.shutdownNow();
    }

    @Test
    void recordsOfOneKeyAreCalledOneAfterAnother() {
        for (int round = 0; round < ROUNDS; round++) {
            Round race = new Round(Ordering.KEY, 1 + round % 9, 10_000);
            race.play();

            race.checkOrder();
            assertThat(race.mostAtOnceOfAKey()).isEqualTo(1);
        }
    }

    @Test
    void neverMoreThanTheConcurrencyNorThanMayBeOpen() {
        for (int round = 0; round < ROUNDS; round++) {
            int concurrency = 1 + round % 9;
            int maxInFlight = 1 + round % 4;
            Round race = new Round(round % 2 == 0 ? Ordering.NONE : Ordering.KEY, concurrency, maxInFlight);
            race.play();

            assertThat(race.mostAtOnce.get()).isLessThanOrEqualTo(Math.min(concurrency, maxInFlight));
        }
    }

    private final class Round {
        private final HandContext context = new HandContext();
        private final Map<ByteBuffer, Queue<Long>> called = new ConcurrentHashMap<>();
        private final Map<ByteBuffer, AtomicInteger> running = new ConcurrentHashMap<>();
        private final AtomicInteger worstOfAKey = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private final AtomicInteger settled = new AtomicInteger();
        private final Lane lane;

        Round(Ordering ordering, int concurrency, int maxInFlight) {
            Engine.Binding binding = new Engine.Binding(
                    "orders",
                    "orders",
                    ConsumerOptions.create().ordering(ordering).maxInFlight(maxInFlight),
                    this::handle);
            Dispatch dispatch = new Dispatch(threads, concurrency, context);
            lane = Lane.unordered(
                    LaneFixture.PARTITION,
                    context,
                    of -> new UnorderedHandOut(of, binding, context, dispatch, concurrency));
            lane.startAt(new Mark(0, 1));
            lane.run();
        }

        private void handle(Delivery delivery) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            ByteBuffer key = ByteBuffer.wrap(Objects.requireNonNull(delivery.key()));
            AtomicInteger ofKey = running.computeIfAbsent(key, missing -> new AtomicInteger());
            worstOfAKey.accumulateAndGet(ofKey.incrementAndGet(), Math::max);
            called.computeIfAbsent(key, missing -> new ConcurrentLinkedQueue<>())
                    .add(delivery.record().offset());
            LockSupport.parkNanos(1_000);
            ofKey.decrementAndGet();
            atOnce.decrementAndGet();
            if (delivery.record().offset() % 3 == 0) {
                settlers.execute(() -> ack(delivery));
            } else {
                ack(delivery);
            }
        }

        private void ack(Delivery delivery) {
            var unused = delivery.ack();
            settled.incrementAndGet();
        }

        /** Polls in pieces, and sweeps, until all is settled. */
        void play() {
            long next = 0;
            while (settled.get() < RECORDS) {
                if (next < RECORDS) {
                    long to = Math.min(RECORDS, next + 1 + random.nextInt(60));
                    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
                    for (; next < to; next++) {
                        records.add(record(next));
                    }
                    lane.offer(records, Limits.DEFAULT);
                    lane.advanceTo(new Mark(next, 1));
                }
                lane.sweep();
                LockSupport.parkNanos(10_000);
            }
            lane.sweep();
            assertThat(lane.watermark().offset()).isEqualTo(RECORDS);
            assertThat(lane.late()).isZero();
        }

        private ConsumerRecord<byte[], byte[]> record(long offset) {
            byte[] key = {(byte) random.nextInt(KEYS)};
            return new ConsumerRecord<>(
                    "orders",
                    3,
                    offset,
                    0,
                    TimestampType.CREATE_TIME,
                    1,
                    0,
                    key,
                    null,
                    new RecordHeaders(),
                    Optional.of(1));
        }

        int mostAtOnceOfAKey() {
            return worstOfAKey.get();
        }

        void checkOrder() {
            called.forEach((key, offsets) -> assertThat(List.copyOf(offsets)).isSorted());
            assertThat(called.values().stream().flatMap(Queue::stream).collect(Collectors.toSet()))
                    .hasSize(RECORDS);
        }
    }
}
