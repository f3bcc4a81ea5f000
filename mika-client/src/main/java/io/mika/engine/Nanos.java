package io.mika.engine;

import java.time.Duration;

/** Durations as nanoseconds that can be added to a clock. Pure. */
final class Nanos {
    /** Longer than any client lives, and short enough to reckon with. */
    private static final Duration LONGEST = Duration.ofDays(10_000);

    private Nanos() {}

    static long of(Duration duration) {
        return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
    }

    static long ofMillis(long millis) {
        return of(Duration.ofMillis(millis));
    }
}
