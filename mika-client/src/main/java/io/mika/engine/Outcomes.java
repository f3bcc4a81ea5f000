package io.mika.engine;

import io.mika.consumer.Settlement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The futures of failures under way in one chunk, by index. <i>Thread-safe.</i> */
final class Outcomes {
    private final AtomicReferenceArray<@Nullable CompletableFuture<Settlement>> futures;

    Outcomes(int size) {
        futures = new AtomicReferenceArray<>(size);
    }

    /** The one that is there already; null if there was none. */
    @Nullable CompletableFuture<Settlement> putIfAbsent(int index, CompletableFuture<Settlement> future) {
        return futures.compareAndExchange(index, null, future);
    }

    @Nullable CompletableFuture<Settlement> remove(int index) {
        return futures.getAndSet(index, null);
    }

    void remove(int index, CompletableFuture<Settlement> future) {
        futures.compareAndSet(index, future, null);
    }
}
