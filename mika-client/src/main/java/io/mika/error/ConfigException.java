package io.mika.error;

import java.util.List;

/**
 * The configuration is wrong: environment variables, calls on the builder, or both together. It bears all problems at
 * once, so that nobody mends one only to meet the next.
 */
public class ConfigException extends MikaException {
    private static final long serialVersionUID = 1;

    /** An array, for lists need not be serializable. */
    private final String[] problems;

    /**
     * Makes an exception of all that is wrong.
     *
     * @param problems one sentence each, at least one
     * @throws IllegalArgumentException without a problem
     */
    public ConfigException(List<String> problems) {
        super(message(problems));
        this.problems = problems.toArray(String[]::new);
    }

    /**
     * Makes an exception of the one thing that is wrong.
     *
     * @param problem a sentence
     */
    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /**
     * What is wrong, one sentence each, in the order found.
     *
     * @return at least one; immutable
     */
    public final List<String> problems() {
        return List.of(problems);
    }

    private static String message(List<String> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a ConfigException needs a problem");
        }
        if (problems.size() == 1) {
            return problems.get(0);
        }
        return problems.size() + " problems in the configuration:\n- " + String.join("\n- ", problems);
    }
}
