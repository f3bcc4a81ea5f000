package io.mika.cli.demo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much is published, so many records or for so long, and how much of it fails. Immutable.
 *
 * @param records how many, where {@code time} is null
 * @param time for how long, or null
 * @param failRate which part of the records fails at least once, from 0 to 1
 */
record DemoPlan(long records, @Nullable Duration time, double failRate) {
    static final long DEFAULT_RECORDS = 100_000;
    static final double DEFAULT_FAIL_RATE = 0.05;

    /** Which part of the stream has been sent, from 0 to 1. */
    double fraction(long sent, Duration elapsed) {
        double fraction = time == null ? (double) sent / records : (double) elapsed.toNanos() / time.toNanos();
        return Math.min(1, fraction);
    }
}
