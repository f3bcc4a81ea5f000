package io.mika.engine;

/** How much of one consumer's waits, over all partitions. <i>Owned by the poll thread.</i> */
final class WaitingBudget {
    private final Limits limits;
    private int records;
    private long bytes;
    private int places;

    WaitingBudget(Limits limits) {
        this.limits = limits;
    }

    /** Whether it may be kept whole; else only its place is. */
    boolean hasRoomFor(WaitingRecord waiting) {
        return records == 0
                || (records < limits.waitingRecords()
                        && bytes + Chunk.bytes(waiting.record()) <= limits.waitingBytes());
    }

    void add(WaitingRecord waiting) {
        records++;
        bytes += Chunk.bytes(waiting.record());
    }

    void remove(WaitingRecord waiting) {
        records--;
        bytes -= Chunk.bytes(waiting.record());
    }

    void addPlace() {
        places++;
    }

    void removePlace() {
        places--;
    }

    /** Whether so much waits that no more is polled for it. */
    boolean isSpent() {
        return places >= limits.waitingPlaces();
    }

    /** Whether so little waits that polling goes on. */
    boolean hasRoom() {
        return places <= limits.waitingPlaces() / 2;
    }
}
