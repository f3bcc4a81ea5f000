package io.mika.cli.demo;

import java.io.IOException;
import java.util.Optional;

/** What the demo lets happen to a record, by its id, so that each member of the group decides alike. */
enum Fate {
    /** Is acked at its first attempt. */
    SOUND(0),
    /** Fails once. */
    SECOND_TRY(1),
    /** Fails twice, which is as often as there are retries. */
    THIRD_TRY(2),
    /** Fails whenever it is tried, until it has run out of retries. */
    HOPELESS(Integer.MAX_VALUE),
    /** Fails so that no retry can help. */
    FATAL(Integer.MAX_VALUE);

    /** Hops through the retry topic; {@link #THIRD_TRY} needs that many. */
    static final int RETRIES = 2;

    private static final Fate[] FAILING = {SECOND_TRY, THIRD_TRY, HOPELESS, FATAL};
    private static final long SCATTER = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private final int failures;

    Fate(int failures) {
        this.failures = failures;
    }

    /** So large a part of the ids fails, a quarter of them each way; which ones looks like chance. */
    static Fate of(long id, double failRate) {
        double lot = (((id + 1) * SCATTER) >>> 11) * UNIT;
        return lot < failRate ? FAILING[(int) Math.min(FAILING.length - 1, lot / failRate * FAILING.length)] : SOUND;
    }

    /** Whether the record belongs into the dead letter queue. */
    boolean isDoomed() {
        return failures > RETRIES;
    }

    /** What an attempt, from 1, fails with; of these the demo's consumers retry on {@code IOException}. */
    Optional<Exception> failure(int attempt) {
        if (attempt > failures) {
            return Optional.empty();
        }
        return Optional.of(
                this == FATAL
                        ? new IllegalArgumentException("there is no such customer")
                        : new IOException("the bank does not answer"));
    }
}
