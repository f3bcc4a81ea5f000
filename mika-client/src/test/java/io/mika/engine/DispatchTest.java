package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeliveryHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DispatchTest {
    private final HandContext context = new HandContext();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    /** Partition and offset, in the order in which they were handed out. */
    private final List<String> handedOut = new ArrayList<>();

    private final DeliveryHandler noting = delivery -> {
        handedOut.add(delivery.record().key()[0] + "@" + delivery.record().offset());
        delivery.ack();
    };

    private List<Lane> lanes(int count, Dispatch dispatch, DeliveryHandler handler) {
        return IntStream.range(0, count)
                .mapToObj(partition -> lane(partition, dispatch, handler))
                .toList();
    }

    private Lane lane(int partition, Dispatch dispatch, DeliveryHandler handler) {
        Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), handler);
        Lane lane = new Lane(new TopicPartition("orders", partition), binding, context, dispatch);
        lane.startAt(new Mark(0, 1));
        lane.run();
        return lane;
    }

    /** Records that bear their partition as key, in chunks of two. */
    private static void offer(Lane lane, int records) {
        int partition = lane.partition().partition();
        lane.offer(
                LongStream.range(0, records)
                        .mapToObj(offset -> new ConsumerRecord<>(
                                "orders", partition, offset, new byte[] {(byte) partition}, new byte[0]))
                        .toList(),
                LaneFixture.limits(2, Long.MAX_VALUE));
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void noMoreTurnsAreTakenAtOnceThanMayBe() {
        Dispatch dispatch = new Dispatch(tasks::add, 2, context);
        lanes(5, dispatch, noting).forEach(lane -> offer(lane, 1));

        assertThat(tasks).hasSize(2);
        tasks.remove().run();
        assertThat(tasks).hasSize(2);
        runTasks();
        assertThat(handedOut).containsExactly("0@0", "1@0", "2@0", "3@0", "4@0");
    }

    @Test
    void aLaneGivesWayToThoseThatWaitAfterEachChunk() {
        Dispatch dispatch = new Dispatch(tasks::add, 1, context);
        lanes(2, dispatch, noting).forEach(lane -> offer(lane, 4));
        runTasks();

        assertThat(handedOut).containsExactly("0@0", "0@1", "1@0", "1@1", "0@2", "0@3", "1@2", "1@3");
    }

    @Test
    void aLaneThatNobodyWaitsForGoesOn() {
        Dispatch dispatch = new Dispatch(tasks::add, 1, context);
        offer(lane(0, dispatch, noting), 6);
        tasks.remove().run();

        assertThat(handedOut).hasSize(6);
        assertThat(tasks).isEmpty();
    }

    @Test
    void anExecutorThatRefusesLosesNothing() {
        AtomicInteger refusals = new AtomicInteger(2);
        Executor executor = task -> {
            if (refusals.getAndDecrement() > 0) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        };
        List<Lane> lanes = lanes(3, new Dispatch(executor, 1, context), noting);
        lanes.forEach(lane -> offer(lane, 3));
        runTasks();
        assertThat(handedOut).containsExactly("2@0", "2@1", "2@2");
        assertThat(context.errors).hasSize(2);

        lanes.forEach(Lane::nudge);
        runTasks();
        assertThat(handedOut).hasSize(9);
        lanes.forEach(lane -> {
            lane.advanceTo(new Mark(3, 1));
            lane.sweep();
            assertThat(lane.watermark().offset()).isEqualTo(3);
        });
    }

    @Test
    void anExecutorThatRefusesInTheMiddleLosesNothing() {
        AtomicInteger accepts = new AtomicInteger(2);
        Executor executor = task -> {
            if (accepts.getAndDecrement() <= 0) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        };
        List<Lane> lanes = lanes(2, new Dispatch(executor, 1, context), noting);
        lanes.forEach(lane -> offer(lane, 6));
        runTasks();
        accepts.set(1_000);
        lanes.forEach(Lane::nudge);
        runTasks();

        assertThat(handedOut.stream().filter(text -> text.startsWith("0")))
                .containsExactly("0@0", "0@1", "0@2", "0@3", "0@4", "0@5");
        assertThat(handedOut.stream().filter(text -> text.startsWith("1")))
                .containsExactly("1@0", "1@1", "1@2", "1@3", "1@4", "1@5");
    }

    @Test
    void anExecutorWithoutAThreadToGiveLosesNothing() {
        AtomicInteger failures = new AtomicInteger(1);
        Executor executor = task -> {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            tasks.add(task);
        };
        Lane lane = lane(0, new Dispatch(executor, 1, context), noting);
        offer(lane, 3);
        lane.nudge();
        runTasks();

        assertThat(handedOut).hasSize(3);
    }

    @Test
    void noMoreHandlersRunAtOnceThanMay() throws InterruptedException {
        int lanes = 10;
        int records = 200;
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch through = new CountDownLatch(lanes * records);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Dispatch dispatch = new Dispatch(threads, 3, context);
            List<Lane> made = lanes(lanes, dispatch, delivery -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                delivery.ack();
                running.decrementAndGet();
                through.countDown();
            });
            made.forEach(lane -> offer(lane, records));
            assertThat(through.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }

        assertThat(most.get()).isBetween(1, 3);
    }
}
