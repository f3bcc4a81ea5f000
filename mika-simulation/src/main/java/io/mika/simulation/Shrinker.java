package io.mika.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Leaves out events, and makes choices harmless, for as long as the same rule is broken. */
final class Shrinker {
    private static final int ATTEMPTS = 4000;

    private final String kind;
    private List<int[]> best;
    private int attempts;

    private Shrinker(Simulation.Outcome failed) {
        this.kind = kind(Objects.requireNonNull(failed.violation()));
        this.best = failed.choices();
    }

    /** The shortest failure found, with its history. */
    static Simulation.Outcome shrink(Simulation.Outcome failed) {
        Shrinker shrinker = new Shrinker(failed);
        shrinker.shrink();
        return Simulation.run(Choices.of(shrinker.best), true);
    }

    private void shrink() {
        boolean better = true;
        while (better && attempts < ATTEMPTS) {
            better = leaveOutEvents();
            better |= makeHarmless();
        }
    }

    private boolean leaveOutEvents() {
        boolean better = false;
        for (int length = Math.max(1, best.size() / 2); length > 0; length /= 2) {
            for (int from = best.size() - length; from >= 1; from -= length) {
                List<int[]> shorter = new ArrayList<>(best.subList(0, from));
                shorter.addAll(best.subList(Math.min(best.size(), from + length), best.size()));
                better |= keepIfFailing(shorter);
            }
        }
        return better;
    }

    private boolean makeHarmless() {
        boolean better = false;
        for (int event = best.size() - 1; event >= 0; event--) {
            for (int choice = best.get(event).length - 1; choice >= 0; choice--) {
                if (event >= best.size() || choice >= best.get(event).length || best.get(event)[choice] == 0) {
                    continue;
                }
                List<int[]> changed = new ArrayList<>(best);
                int[] slice = changed.get(event).clone();
                slice[choice] = 0;
                changed.set(event, slice);
                better |= keepIfFailing(changed);
            }
        }
        return better;
    }

    private boolean keepIfFailing(List<int[]> candidate) {
        if (attempts >= ATTEMPTS) {
            return false;
        }
        attempts++;
        Simulation.Outcome outcome = Simulation.run(Choices.of(candidate), false);
        Violation violation = outcome.violation();
        if (violation == null || !kind(violation).equals(kind)) {
            return false;
        }
        // What was read, not what was offered: the rest of a slice may be without effect
        best = size(outcome.choices()) <= size(candidate) ? outcome.choices() : candidate;
        return true;
    }

    private static int size(List<int[]> choices) {
        return choices.stream().mapToInt(slice -> slice.length + 1).sum();
    }

    /** The rule without the values. */
    static String kind(Violation violation) {
        return Objects.requireNonNull(violation.getMessage())
                .replaceAll("@?[a-z]*-?[0-9]+", "#")
                .replaceAll("(committed): .*", "$1");
    }
}
