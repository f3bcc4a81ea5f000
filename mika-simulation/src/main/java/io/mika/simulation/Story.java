package io.mika.simulation;

import java.util.Objects;

/** What happened in one run, for people. */
public final class Story {
    private Story() {}

    /** All that happens in the run of a seed, an event a line; the last line tells the broken rule, if one is. */
    public static String of(long seed) {
        return Simulation.run(seed, true).history().toString();
    }

    /**
     * A broken rule: which, how to see it again, and what has to happen for it, with everything left out that need not.
     *
     * @throws IllegalArgumentException when the run of the seed keeps all rules
     */
    public static String ofBroken(long seed) {
        Simulation.Outcome failed = Simulation.run(seed, false);
        if (failed.violation() == null) {
            throw new IllegalArgumentException("seed " + seed + " keeps all rules");
        }
        return tell(seed, failed, Shrinker.shrink(failed));
    }

    private static String tell(long seed, Simulation.Outcome failed, Simulation.Outcome shrunk) {
        Violation violation = Objects.requireNonNull(shrunk.violation());
        StringBuilder text = new StringBuilder()
                .append("seed %d breaks a rule: %s%n".formatted(seed, violation.getMessage()))
                .append("again: ./mika simulate --seed %d --schedules 1%n".formatted(seed))
                .append("the same rule breaks in %d events of %d:%n%s%n"
                        .formatted(shrunk.choices().size(), failed.choices().size(), shrunk.history()));
        Throwable cause = violation.getCause();
        if (cause != null) {
            text.append("thrown: ").append(cause).append(System.lineSeparator());
            for (StackTraceElement element : cause.getStackTrace()) {
                text.append("    at ").append(element).append(System.lineSeparator());
            }
        }
        return text.toString();
    }
}
