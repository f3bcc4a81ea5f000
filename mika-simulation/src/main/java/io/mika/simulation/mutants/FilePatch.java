package io.mika.simulation.mutants;

import java.util.List;

/**
 * A unified diff of one file, without line numbers: each hunk says by what it holds where it belongs. <i>Immutable.</i>
 *
 * @param file below the root of the sources
 */
record FilePatch(String file, List<Hunk> hunks) {
    /**
     * Whole lines.
     *
     * @param before what is there, exactly once
     * @param after what takes its place
     */
    record Hunk(String before, String after) {}

    /**
     * The source with the patch.
     *
     * @param name whose patch it is, for the message
     * @throws IllegalStateException where a hunk is not found, or in two places: the source has changed since
     */
    String apply(String name, String source) {
        String patched = "\n" + source;
        for (Hunk hunk : hunks) {
            int at = patched.indexOf("\n" + hunk.before());
            if (at < 0 || patched.indexOf("\n" + hunk.before(), at + 1) >= 0) {
                throw new IllegalStateException("mutant " + name + " does not apply any more: " + file + " has "
                        + (at < 0 ? "nowhere" : "in more than one place") + "\n" + hunk.before()
                        + "write the mutant anew in mika-simulation/src/main/resources/io/mika/simulation/mutants/"
                        + name
                        + ".patch");
            }
            patched = patched.substring(0, at + 1)
                    + hunk.after()
                    + patched.substring(at + 1 + hunk.before().length());
        }
        return patched.substring(1);
    }
}
