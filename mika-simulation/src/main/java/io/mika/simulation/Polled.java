package io.mika.simulation;

/** One record as one member got it in one assignment. */
final class Polled {
    final Assignment assignment;
    final long offset;
    final int epoch;
    final String id;
    boolean acked;
    /** The position moved back below it: it comes again. */
    boolean dropped;

    /** Failures whose outcome the application does not know yet. */
    int failing;

    Polled(Assignment assignment, long offset, int epoch, String id) {
        this.assignment = assignment;
        this.offset = offset;
        this.epoch = epoch;
        this.id = id;
    }

    @Override
    public String toString() {
        return assignment + "@" + offset;
    }
}
