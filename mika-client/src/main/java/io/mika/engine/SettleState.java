package io.mika.engine;

/**
 * The state of one delivered record. The numbers are what a {@link Chunk} stores; {@code OPEN} is 0, so a new chunk
 * needs no filling.
 *
 * <pre>
 * OPEN ──► LATE                 the handler call returned and did not settle it
 * OPEN, LATE ──► FAILING        fail() was called, its outcome is not known yet
 * FAILING ──► WRITTEN           the brokers have it in the retry topic or dead letter queue
 * FAILING ──► WAITING           it will be handed out again, here
 * FAILING ──► LATE              there is no way for the failure to go: open again
 * WAITING ──► OPEN              handed out
 * WAITING ──► ACKED             not ours to handle
 * WAITING ──► FAILING           on the way to another partition of the retry topic, or to the dead letter queue
 * OPEN, LATE ──► ACKED
 * all but ACKED, WRITTEN ──► DISCARDED    no longer ours: the next owner is given the record again
 * </pre>
 *
 * <p>Records of a consumer's own topic begin as {@code OPEN}, for their lane hands them out in order and knows how far
 * it is; those of the retry topic and the dead letter queue begin as {@code WAITING}.
 */
enum SettleState {
    OPEN(0),
    LATE(1),
    FAILING(2),
    ACKED(3),
    DISCARDED(4),
    WAITING(5),
    WRITTEN(6);

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
        return this == ACKED || this == WRITTEN;
    }

    /** Whether it was handed out and can still be settled here. */
    boolean isOpen() {
        return this == OPEN || isCountedOpen();
    }

    /** Whether nothing can change it any more. */
    boolean isFinal() {
        return isSettled() || this == DISCARDED;
    }

    /** Counted as open beyond its handler call. */
    boolean isCountedOpen() {
        return this == LATE || this == FAILING;
    }
}
