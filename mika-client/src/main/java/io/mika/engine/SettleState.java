package io.mika.engine;

/**
 * The state of one delivered record. The numbers are what a {@link Chunk} stores; {@code OPEN} is 0, so a new chunk
 * needs no filling.
 *
 * <pre>
 * OPEN ──► LATE              the handler call returned and did not settle it
 * OPEN, LATE ──► FAILING     fail() was called, its outcome is not known yet
 * FAILING ──► LATE           there is no route for the failure: open again
 * OPEN, LATE ──► ACKED
 * OPEN, LATE, FAILING ──► DISCARDED    no longer ours: the next owner is given the record again
 * </pre>
 */
enum SettleState {
    OPEN(0),
    LATE(1),
    FAILING(2),
    ACKED(3),
    DISCARDED(4);

    private static final SettleState[] ALL = values();

    private final byte code;

    SettleState(int code) {
        this.code = (byte) code;
    }

    static SettleState of(byte code) {
        return ALL[code];
    }

    byte code() {
        return code;
    }

    /** Whether a commit may pass it. A discarded record is never passed: its next owner handles it. */
    boolean isSettled() {
        return this == ACKED;
    }

    /** Whether it can still be settled here. */
    boolean isOpen() {
        return this == OPEN || isCountedOpen();
    }

    /** Counted as open beyond its handler call. */
    boolean isCountedOpen() {
        return this == LATE || this == FAILING;
    }
}
