package io.mika.simulation;

/** One record as one member got it in one assignment. */
final class Polled {
    final Assignment assignment;
    final long offset;
    final int epoch;
    final String id;
    boolean acked;
    /** Somebody acked it before it was polled here: it need not be handed out. */
    final boolean settledBefore;

    boolean handedOut;
    /** The position moved back below it: it comes again. */
    boolean dropped;

    /** Failures whose outcome the application does not know yet. */
    int failing;

    Polled(Assignment assignment, long offset, int epoch, String id, boolean settledBefore) {
        this.assignment = assignment;
        this.offset = offset;
        this.epoch = epoch;
        this.id = id;
        this.settledBefore = settledBefore;
    }

    /** Neither settled nor dropped; what was settled before is not, for as long as it is not handed out. */
    boolean isOpen() {
        return !dropped && !isSettled();
    }

    boolean isSettled() {
        return acked || (settledBefore && !handedOut);
    }

    @Override
    public String toString() {
        return assignment + "@" + offset;
    }
}
