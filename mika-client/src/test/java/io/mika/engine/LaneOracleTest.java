package io.mika.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random histories of a lane, compared with a naive one after every step. */
class LaneOracleTest {
    private static final int KNOWN = 10_000;
    private static final int NEW = 2_000;

    @Test
    void aLaneAgreesWithTheOracleOnKnownHistories() {
        for (long seed = 0; seed < KNOWN; seed++) {
            check(seed);
        }
    }

    @Test
    void aLaneAgreesWithTheOracleOnNewHistories() {
        SplittableRandom seeds = new SplittableRandom();
        for (int i = 0; i < NEW; i++) {
            check(seeds.nextLong());
        }
    }

    private static void check(long seed) {
        LaneHistory history = LaneHistory.of(seed);
        if (failure(history) != null) {
            report(shrunk(history));
        }
    }

    private static @Nullable Throwable failure(LaneHistory history) {
        try {
            history.play(new ArrayList<>());
            return null;
        } catch (RuntimeException | AssertionError failed) {
            return failed;
        }
    }

    /** Leaves out one step after another for as long as it fails without it. */
    private static LaneHistory shrunk(LaneHistory history) {
        LaneHistory shortest = history;
        for (int step = history.steps().size() - 1; step >= 0; step--) {
            LaneHistory shorter = shortest.without(step);
            if (failure(shorter) != null) {
                shortest = shorter;
                step = shortest.steps().size();
            }
        }
        return shortest;
    }

    private static void report(LaneHistory history) {
        List<String> log = new ArrayList<>();
        try {
            history.play(log);
        } catch (RuntimeException | AssertionError failed) {
            throw new AssertionError(
                    "seed " + history.seed() + "\n  " + String.join("\n  ", log) + "\n" + failed.getMessage(), failed);
        }
    }
}
