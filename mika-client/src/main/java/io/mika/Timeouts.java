package io.mika;

import java.time.Duration;

/** Durations that stand for "for ever" but must still be counted in nanoseconds. Pure functions. */
final class Timeouts {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Timeouts() {}

    static Duration bounded(Duration timeout) {
        return timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
    }

    /** @throws IllegalArgumentException if it is negative */
    static Duration checked(String name, Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException(name + ": " + timeout + " is negative");
        }
        return bounded(timeout);
    }
}
