package io.mika.cli.demo;

/**
 * What became of the records of one topic, or of all. Immutable.
 *
 * @param published acknowledged by the brokers
 * @param acked of these, acked by a handler
 * @param duplicates handler calls beyond the first for the same record
 * @param lost published, never acked, and the group will not be given it again
 * @param leftInFlight published and not acked, but still due: at or past the committed offset
 * @param uncommitted records at or past the committed offset, acked or not
 */
record Figures(long published, long acked, long duplicates, long lost, long leftInFlight, long uncommitted) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0);

    Figures plus(Figures other) {
        return new Figures(
                published + other.published,
                acked + other.acked,
                duplicates + other.duplicates,
                lost + other.lost,
                leftInFlight + other.leftInFlight,
                uncommitted + other.uncommitted);
    }
}
