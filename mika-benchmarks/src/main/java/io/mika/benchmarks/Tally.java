package io.mika.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Counts what handlers handled, at the cost of one addition a record: each partition has a counter of its own, and its
 * handler runs on one thread at a time. <i>Thread-safe</i> under that condition.
 */
final class Tally {
    /** Counters of different partitions share no cache line. */
    private static final int PADDING = 16;

    private static final int PARTITIONS = 64;
    private static final int STEP = 100;

    private final long expected;
    private final long[] counts = new long[PARTITIONS * PADDING];
    private final AtomicLong handled = new AtomicLong();
    private final AtomicReference<Pass.@Nullable Meter> meter = new AtomicReference<>();
    private final CountDownLatch done = new CountDownLatch(1);

    Tally(long expected) {
        this.expected = expected;
    }

    void handled(int partition) {
        long count = ++counts[partition * PADDING];
        if (count == 1 && meter.get() == null) {
            meter.compareAndSet(null, new Pass.Meter());
        }
        // The last records of each partition are counted one by one only if they fill a step: see await
        if (count % STEP == 0 && handled.addAndGet(STEP) >= expected - PARTITIONS * STEP) {
            done.countDown();
        }
    }

    /** Waits until all but the uncounted rest is handled; a partition's rest is less than a step. */
    Pass await() throws InterruptedException {
        if (!done.await(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException("handled " + handled.get() + " of " + expected);
        }
        Pass.Meter begun = meter.get();
        if (begun == null) {
            throw new IllegalStateException("nothing was handled");
        }
        return begun.end(handled.get());
    }
}
