package io.mika.test.fake;

import java.time.Duration;
import java.time.Instant;

/** A clock that moves only when told to. <i>For one thread.</i> */
public final class VirtualClock {

    private static final long START_MILLIS =
            Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private long nanos;

    /** A clock that stands at 2026-01-01, and at 0 nanoseconds. */
    public VirtualClock() {}

    /**
     * Monotonic time.
     *
     * @return nanoseconds since this clock was made
     */
    public long nanos() {
        return nanos;
    }

    /**
     * Time of day.
     *
     * @return epoch milliseconds
     */
    public long millis() {
        return START_MILLIS + nanos / 1_000_000;
    }

    /**
     * Moves time on.
     *
     * @param by by how much, not negative
     */
    public void advance(Duration by) {
        advance(by.toNanos());
    }

    /**
     * Moves time on.
     *
     * @param by nanoseconds, not negative
     */
    public void advance(long by) {
        if (by < 0) {
            throw new IllegalArgumentException("Time does not go back: " + by + " ns");
        }
        nanos += by;
    }
}
