package io.mika.simulation;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs seeds, and says which rule broke. A function of the JDK's, so that it can be called across class loaders: each
 * may have an engine of its own. <i>Thread-safe.</i>
 */
public final class Judge implements LongFunction<@Nullable String> {
    /** Judges the engine of its own class loader. */
    public Judge() {}

    /** The whole story instead of the message, of a seed that breaks a rule. <i>Thread-safe.</i> */
    public static final class Teller implements LongFunction<String> {
        /** Tells of the engine of its own class loader. */
        public Teller() {}

        @Override
        public String apply(long seed) {
            return Story.ofBroken(seed);
        }
    }

    /**
     * Whether the run of a seed has neither a retry topic nor a dead letter queue. Such runs are short.
     *
     * @param seed any
     * @return true if so
     */
    public static boolean isWithoutFailureTopics(long seed) {
        return Simulation.isWithoutFailureTopics(seed);
    }

    /** The message of the rule that the run of this seed breaks, or null. */
    @Override
    public @Nullable String apply(long seed) {
        Violation violation = Simulation.run(seed, false).violation();
        return violation == null ? null : violation.getMessage();
    }
}
