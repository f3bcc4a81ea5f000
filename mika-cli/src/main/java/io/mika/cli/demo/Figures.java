package io.mika.cli.demo;

/**
 * What became of the records of one topic, or of all. Immutable.
 *
 * @param published acknowledged by the brokers
 * @param acked of these, acked by a handler
 * @param deadLettered of these, not acked and found in the dead letter queue
 * @param retried of these, found in the retry topic
 * @param duplicates handler calls beyond the first for the same record and attempt
 * @param lost published, neither acked nor in the dead letter queue, and the group will not be given it again
 * @param leftInFlight published, neither acked nor in the dead letter queue, but still due: at or past what the group has
 *     committed
 * @param uncommitted records at or past what the group has committed, settled or not
 * @param misrouted of these, acked although doomed or in the dead letter queue although not
 */
record Figures(
        long published,
        long acked,
        long deadLettered,
        long retried,
        long duplicates,
        long lost,
        long leftInFlight,
        long uncommitted,
        long misrouted) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0, 0, 0);

    Figures plus(Figures other) {
        return new Figures(
                published + other.published,
                acked + other.acked,
                deadLettered + other.deadLettered,
                retried + other.retried,
                duplicates + other.duplicates,
                lost + other.lost,
                leftInFlight + other.leftInFlight,
                uncommitted + other.uncommitted,
                misrouted + other.misrouted);
    }

    /** Whether each record is accounted for, in the place where it belongs. */
    boolean isComplete() {
        return published > 0 && lost == 0 && leftInFlight == 0 && misrouted == 0;
    }
}
