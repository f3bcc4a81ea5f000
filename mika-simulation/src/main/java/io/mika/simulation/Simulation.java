package io.mika.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run: from a seed, or from choices that were written down. */
final class Simulation {
    /** @param violation null where every rule was kept */
    record Outcome(@Nullable Violation violation, List<int[]> choices, History history, Tally tally) {}

    private Simulation() {}

    /** Whether records of this seed's run fail to nowhere: there is neither a retry topic nor a dead letter queue. */
    static boolean isWithoutFailureTopics(long seed) {
        FailurePlan failures = World.plan(Choices.of(seed)).failures();
        return failures.retryTopic() == null && failures.dlqTopic() == null;
    }

    static Outcome run(long seed, boolean keepHistory) {
        return run(Choices.of(seed), keepHistory);
    }

    static Outcome run(Choices choices, boolean keepHistory) {
        // A broken rule is an error; what the engine does with the errors of handlers is of no use here
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler usual = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((where, error) -> {});
        try {
            return play(choices, keepHistory);
        } finally {
            thread.setUncaughtExceptionHandler(usual);
        }
    }

    private static Outcome play(Choices choices, boolean keepHistory) {
        World world = new World(choices, keepHistory);
        Violation found = null;
        try {
            world.play();
        } catch (Violation violation) {
            found = violation;
        } catch (RuntimeException | Error broken) {
            found = new Violation("the simulation itself failed: " + broken, broken);
            world.violate(found);
        }
        return new Outcome(found, choices.taken(), world.history, world.tally());
    }
}
