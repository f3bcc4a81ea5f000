package io.mika.simulation.mutants;

/** Runs of mutants as rows: which, after how many schedules it was caught, and what by. */
public final class MutantTable {
    private static final int LONGEST_RULE = 110;

    private MutantTable() {}

    /** What stands above the rows. */
    public static String head() {
        return row("mutant", "after", "caught by");
    }

    /** One line. */
    public static String row(MutantRun run) {
        String caught = run.caughtBy();
        String rule = caught == null ? "NOT CAUGHT: " + run.mutant().title() : caught;
        String line = rule.lines().findFirst().orElse("");
        return row(
                run.mutant().name(),
                "%,d".formatted(run.schedules()),
                line.length() <= LONGEST_RULE ? line : line.substring(0, LONGEST_RULE) + "…");
    }

    private static String row(String mutant, String after, String rule) {
        return "%-28s %7s  %s".formatted(mutant, after, rule);
    }
}
