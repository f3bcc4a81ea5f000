package io.mika.cli.demo;

import io.mika.KafkaClient;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the orders, in a thread of its own, as fast as the broker takes them. Some scenes of the demo take longer
 * than a short stream: it waits for them where it {@linkplain #mayReach may} go no further. Thread-safe.
 */
final class OrderStream implements AutoCloseable {
    private static final int UNACKNOWLEDGED = 20_000;
    private static final long HOLD_NANOS = Duration.ofMillis(1).toNanos();

    private final DemoPlan plan;
    private final Ledger ledger;
    private final KafkaClient publisher;
    private final Semaphore permits = new Semaphore(UNACKNOWLEDGED);
    private final Thread thread = new Thread(this::run, "demo-orders");
    private volatile double limit;
    private volatile @Nullable Long startedAt;
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    OrderStream(DemoPlan plan, Ledger ledger, String brokers) {
        this.plan = plan;
        this.ledger = ledger;
        this.publisher = KafkaClient.builder(Members.environment(brokers)::get)
                .producerProperty("compression.type", "lz4")
                .build();
        thread.setDaemon(true);
    }

    void start() {
        publisher.start();
        startedAt = System.nanoTime();
        thread.start();
    }

    /** Lets the stream go on up to this part of the whole. */
    void mayReach(double fraction) {
        limit = fraction;
    }

    double fraction() {
        return plan.fraction(ledger.ids(), elapsed());
    }

    Duration elapsed() {
        Long start = startedAt;
        return start == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - start);
    }

    /** Whether every publish has had its answer; throws what ended the stream early. */
    boolean hasEnded() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return ended;
    }

    @Override
    public void close() {
        thread.interrupt();
        publisher.close();
    }

    private void run() {
        try {
            for (double at = fraction(); at < 1; at = fraction()) {
                if (at < limit) {
                    publishNext();
                } else {
                    LockSupport.parkNanos(HOLD_NANOS);
                }
            }
            permits.acquire(UNACKNOWLEDGED);
            ended = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void publishNext() throws InterruptedException {
        permits.acquire();
        long id = ledger.takeId();
        var unused = publisher.publish(new Order(id).toRecord()).whenComplete((metadata, thrown) -> {
            if (thrown == null) {
                ledger.published(id);
            } else {
                ledger.unconfirmed();
            }
            permits.release();
        });
    }
}
