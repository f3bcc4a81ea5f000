package io.mika.cli.demo;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A set of record ids, one bit each: ten million take 1.25 MB. Grows as ids come. Thread-safe; {@link #size()} and
 * {@link #cover} are exact once nobody adds any more.
 */
final class IdSet {
    private static final int PAGE_SHIFT = 20;
    private static final int PAGE_MASK = (1 << PAGE_SHIFT) - 1;
    private static final int PAGES = 1 << 14;

    private final AtomicReferenceArray<@Nullable AtomicLongArray> pages = new AtomicReferenceArray<>(PAGES);
    private final LongAdder size = new LongAdder();

    /** Returns whether the id is new. */
    boolean add(long id) {
        AtomicLongArray page = page(id);
        int word = word(id);
        long bit = 1L << id;
        long seen = page.get(word);
        while ((seen & bit) == 0) {
            long witness = page.compareAndExchange(word, seen, seen | bit);
            if (witness == seen) {
                size.increment();
                return true;
            }
            seen = witness;
        }
        return false;
    }

    boolean contains(long id) {
        AtomicLongArray page = pages.get((int) (id >>> PAGE_SHIFT));
        return page != null && (page.get(word(id)) & 1L << id) != 0;
    }

    /** Whether each id of the first is in one of the others. */
    static boolean cover(IdSet wanted, IdSet one, IdSet other) {
        for (int i = 0; i < PAGES; i++) {
            AtomicLongArray page = wanted.pages.get(i);
            if (page != null && !cover(page, one.pages.get(i), other.pages.get(i))) {
                return false;
            }
        }
        return true;
    }

    long size() {
        return size.sum();
    }

    private AtomicLongArray page(long id) {
        int index = (int) (id >>> PAGE_SHIFT);
        AtomicLongArray page = pages.get(index);
        if (page != null) {
            return page;
        }
        AtomicLongArray fresh = new AtomicLongArray((PAGE_MASK + 1) / Long.SIZE);
        AtomicLongArray winner = pages.compareAndExchange(index, null, fresh);
        return winner == null ? fresh : winner;
    }

    private static int word(long id) {
        return (int) (id & PAGE_MASK) / Long.SIZE;
    }

    private static boolean cover(
            AtomicLongArray wanted, @Nullable AtomicLongArray one, @Nullable AtomicLongArray other) {
        for (int i = 0; i < wanted.length(); i++) {
            if ((wanted.get(i) & ~word(one, i) & ~word(other, i)) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long word(@Nullable AtomicLongArray page, int index) {
        return page == null ? 0 : page.get(index);
    }
}
