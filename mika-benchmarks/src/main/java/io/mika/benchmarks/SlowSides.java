package io.mika.benchmarks;

import io.mika.KafkaClient;
import io.mika.benchmarks.Contestant.Order;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Ordering;
import io.mika.env.StartPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Sides of a comparison whose handler waits, as one that calls another service does: 2 ms. */
final class SlowSides {
    private static final int AT_ONCE = 100;
    private static final long HANDLER_MILLIS = 2;
    private static final long PATIENCE_SECONDS = 300;

    private SlowSides() {}

    /** Counts to the last record; the time is from the first one. <i>Thread-safe.</i> */
    private static final class Work {
        private final Order order;
        private final AtomicReference<Pass.@Nullable Meter> meter = new AtomicReference<>();
        private final CountDownLatch left;

        Work(Order order) {
            this.order = order;
            this.left = new CountDownLatch((int) order.records());
        }

        void handle() throws InterruptedException {
            if (meter.get() == null) {
                meter.compareAndSet(null, new Pass.Meter());
            }
            Thread.sleep(HANDLER_MILLIS);
        }

        void done() {
            left.countDown();
        }

        boolean isDone() {
            return left.getCount() == 0;
        }

        Pass await() throws InterruptedException {
            if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(left.getCount() + " of " + order.records() + " are not handled");
            }
            Pass.Meter begun = meter.get();
            if (begun == null) {
                throw new IllegalStateException("nothing was handled");
            }
            return begun.end(order.records());
        }
    }

    static Pass unordered(Order order) throws InterruptedException {
        return mika(order, options -> options.ordering(Ordering.NONE).concurrency(AT_ONCE));
    }

    static Pass byKey(Order order) throws InterruptedException {
        return mika(order, options -> options.ordering(Ordering.KEY).concurrency(AT_ONCE));
    }

    static Pass byPartition(Order order) throws InterruptedException {
        return mika(order, options -> {});
    }

    private static Pass mika(Order order, Consumer<ConsumerOptions> options) throws InterruptedException {
        Work work = new Work(order);
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(order.brokers())
                .group(order.group())
                .startFrom(StartPosition.earliest())
                .consumer(order.topic(), options, delivery -> {
                    work.handle();
                    delivery.ack();
                    work.done();
                })
                .build()) {
            client.start();
            return work.await();
        }
    }

    /** A bare consumer that feeds a pool of as many threads, and commits when all is done. */
    static Pass pool(Order order) throws InterruptedException {
        Work work = new Work(order);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Contestant.consumerProperties(order))) {
            consumer.subscribe(List.of(order.topic()));
            long seen = 0;
            while (seen < order.records()) {
                for (var ignored : consumer.poll(Duration.ofMillis(100))) {
                    seen++;
                    pool.execute(() -> handle(work));
                }
            }
            Pass pass = work.await();
            consumer.commitSync();
            return pass;
        } finally {
            pool.shutdownNow();
        }
    }

    /** A bare consumer and a thread for each partition, one record after another. */
    static Pass serial(Order order) throws InterruptedException {
        Work work = new Work(order);
        List<Thread> threads = new ArrayList<>();
        for (TopicPartition partition : partitions(order)) {
            Thread thread = new Thread(() -> serial(order, partition, work), "serial-" + partition);
            threads.add(thread);
            thread.start();
        }
        Pass pass = work.await();
        for (Thread thread : threads) {
            thread.join();
        }
        return pass;
    }

    private static List<TopicPartition> partitions(Order order) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Contestant.consumerProperties(order))) {
            List<PartitionInfo> known = consumer.partitionsFor(order.topic());
            return known.stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
        }
    }

    private static void serial(Order order, TopicPartition partition, Work work) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Contestant.consumerProperties(order))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!work.isDone()) {
                for (var ignored : consumer.poll(Duration.ofMillis(100))) {
                    handle(work);
                }
                consumer.commitAsync();
            }
        }
    }

    private static void handle(Work work) {
        try {
            work.handle();
            work.done();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
