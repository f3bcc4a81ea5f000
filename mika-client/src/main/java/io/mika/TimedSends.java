package io.mika;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends for callers that must not block: {@code Producer.send} waits while a topic's metadata is missing or the buffer is
 * full. Each topic has its own queue, so that one without metadata delays no other; within a topic the order is kept.
 * The queues are bounded together. <i>Thread-safe.</i>
 */
final class TimedSends {
    private static final int MAX_RECORDS = 10_000;
    private static final long MAX_BYTES = 32L * 1024 * 1024;
    private static final int THREADS = 4;
    private static final long IDLE_SECONDS = 10;

    private record Entry(
            PublishedRecord published, Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        long bytes() {
            return size(record.key()) + size(record.value());
        }

        private static long size(byte @Nullable [] bytes) {
            return bytes == null ? 0 : bytes.length;
        }
    }

    /** A topic is in the map while a thread sends, or is about to send, its records. Guarded by this object. */
    private final Map<String, Queue<Entry>> waiting = new HashMap<>();

    /** Those waiting and those being sent, expired ones included: they take up memory. Guarded by this object. */
    private int records;

    private long bytes;

    /** Those whose outcome is not known. Guarded by this object. */
    private int open;

    private final ThreadPoolExecutor threads;

    TimedSends(String clientId) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, clientId + "-publish-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Queues a record; refuses it at once when the queues are full. Never blocks. */
    void offer(PublishedRecord published, Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        Entry entry = new Entry(published, producer, record);
        if (enqueued(entry)) {
            published.onEnd(this::ended);
        } else {
            published.refuse(new BufferExhaustedException("the record for " + record.topic() + " was not sent: "
                    + MAX_RECORDS + " records or " + MAX_BYTES + " bytes wait to be sent already"));
        }
    }

    private synchronized boolean enqueued(Entry entry) {
        boolean full = records >= MAX_RECORDS || (records > 0 && bytes + entry.bytes() > MAX_BYTES);
        if (full || threads.isShutdown()) {
            return false;
        }
        records++;
        open++;
        bytes += entry.bytes();
        String topic = entry.record().topic();
        Queue<Entry> queue = waiting.get(topic);
        if (queue == null) {
            queue = new ArrayDeque<>();
            waiting.put(topic, queue);
            threads.execute(() -> sendAll(topic));
        }
        queue.add(entry);
        return true;
    }

    private void sendAll(String topic) {
        for (Entry entry = next(topic); entry != null; entry = next(topic)) {
            try {
                entry.published().send(entry.producer(), entry.record());
            } finally {
                sent(entry);
            }
        }
    }

    private synchronized @Nullable Entry next(String topic) {
        Queue<Entry> queue = waiting.get(topic);
        Entry entry = queue == null ? null : queue.poll();
        if (entry == null) {
            waiting.remove(topic);
        }
        return entry;
    }

    private synchronized void sent(Entry entry) {
        records--;
        bytes -= entry.bytes();
    }

    private synchronized void ended() {
        open--;
        notifyAll();
    }

    /** Waits until the outcome of all is known, or for the time given; takes no more then. */
    void close(Duration timeout) {
        try {
            awaitEnds(System.nanoTime() + timeout.toNanos());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            shutdown();
        }
    }

    private synchronized void shutdown() {
        threads.shutdown();
    }

    private synchronized void awaitEnds(long deadline) throws InterruptedException {
        for (long rest = deadline - System.nanoTime(); open > 0 && rest > 0; rest = deadline - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, rest);
        }
    }
}
