package io.mika.engine;

import java.util.Arrays;

/**
 * The few records of a {@link Chunk} that are still open, in offset order. <i>Owned by the poll thread.</i>
 *
 * <p>Each entry knows the place right after the record delivered before it: that is where the watermark stands while
 * the entry is the first open one.
 */
final class OpenEntries {
    private final int[] indexes;
    private final long[] offsets;
    private final long[] bytes;
    private final Mark[] preceding;
    private int count;

    OpenEntries(int capacity) {
        indexes = new int[capacity];
        offsets = new long[capacity];
        bytes = new long[capacity];
        preceding = new Mark[capacity];
    }

    boolean isFull() {
        return count == indexes.length;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    int index(int entry) {
        return indexes[entry];
    }

    long offset(int entry) {
        return offsets[entry];
    }

    Mark preceding(int entry) {
        return preceding[entry];
    }

    long bytes() {
        return Arrays.stream(bytes, 0, count).sum();
    }

    void add(int index, long offset, long size, Mark before) {
        indexes[count] = index;
        offsets[count] = offset;
        bytes[count] = size;
        preceding[count] = before;
        count++;
    }

    void cutAt(long offset) {
        while (count > 0 && offsets[count - 1] >= offset) {
            count--;
        }
    }

    void dropSettled(Chunk chunk) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (!chunk.state(indexes[i]).isSettled()) {
                indexes[kept] = indexes[i];
                offsets[kept] = offsets[i];
                bytes[kept] = bytes[i];
                preceding[kept] = preceding[i];
                kept++;
            }
        }
        count = kept;
    }
}
