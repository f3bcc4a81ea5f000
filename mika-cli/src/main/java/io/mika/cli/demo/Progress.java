package io.mika.cli.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * The state of the demo at one moment, as one line. Immutable.
 *
 * @param elapsed since the first record
 * @param published sent, acknowledged or not: a record can be acked before its publisher hears that it was written
 * @param retried hops through the retry topic
 */
record Progress(
        Duration elapsed, long published, long acked, long retried, long deadLettered, long inFlight, int clients) {
    static final Progress START = new Progress(Duration.ZERO, 0, 0, 0, 0, 0, 0);

    /** Rates are those since an earlier moment. */
    String line(Progress earlier) {
        double seconds = Math.max(1e-3, elapsed.minus(earlier.elapsed).toNanos() / 1e9);
        return String.format(
                Locale.ROOT,
                "%5.1f s  published %,d (%,.0f/s)  acked %,d (%,.0f/s)  retried %,d  dead-lettered %,d"
                        + "  in flight %,d  lag %,d  clients %d",
                elapsed.toNanos() / 1e9,
                published,
                (published - earlier.published) / seconds,
                acked,
                (acked - earlier.acked) / seconds,
                retried,
                deadLettered,
                inFlight,
                Math.max(0, published - acked - deadLettered),
                clients);
    }
}
