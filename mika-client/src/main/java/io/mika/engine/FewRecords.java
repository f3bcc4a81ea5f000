package io.mika.engine;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of few records of a chunk, by index; takes its memory with the first of them. <i>Thread-safe.</i>
 *
 * @param <T> what is kept
 */
final class FewRecords<T> {
    private final int size;
    private volatile @Nullable AtomicReferenceArray<@Nullable T> kept;

    FewRecords(int size) {
        this.size = size;
    }

    private AtomicReferenceArray<@Nullable T> made() {
        AtomicReferenceArray<@Nullable T> known = kept;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            known = kept;
            if (known == null) {
                known = new AtomicReferenceArray<>(size);
                kept = known;
            }
            return known;
        }
    }

    @Nullable T get(int index) {
        AtomicReferenceArray<@Nullable T> known = kept;
        return known == null ? null : known.get(index);
    }

    void set(int index, T value) {
        made().set(index, value);
    }

    /** The one that is there already; null if there was none. */
    @Nullable T putIfAbsent(int index, T value) {
        return made().compareAndExchange(index, null, value);
    }

    @Nullable T remove(int index) {
        AtomicReferenceArray<@Nullable T> known = kept;
        return known == null ? null : known.getAndSet(index, null);
    }

    void remove(int index, T value) {
        AtomicReferenceArray<@Nullable T> known = kept;
        if (known != null) {
            known.compareAndSet(index, value, null);
        }
    }
}
