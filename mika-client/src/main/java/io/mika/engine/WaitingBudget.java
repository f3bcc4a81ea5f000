package io.mika.engine;

/** How much of one consumer's waits in memory, over all partitions. <i>Owned by the poll thread.</i> */
final class WaitingBudget {
    private int records;
    private long bytes;

    void add(WaitingRecord waiting) {
        records++;
        bytes += Chunk.bytes(waiting.record());
    }

    void remove(WaitingRecord waiting) {
        records--;
        bytes -= Chunk.bytes(waiting.record());
    }

    /** Whether so much waits that no more is polled for it. */
    boolean isSpent(Limits limits) {
        return records >= limits.waitingRecords() || bytes >= limits.waitingBytes();
    }

    /** Whether so little waits that polling goes on. */
    boolean hasRoom(Limits limits) {
        return records <= limits.waitingRecords() / 2 && bytes <= limits.waitingBytes() / 2;
    }
}
