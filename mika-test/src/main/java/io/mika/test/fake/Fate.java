package io.mika.test.fake;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one request. <i>Immutable.</i>
 *
 * @param underway until the broker has it; requests of one client stay in order, so later ones wait too
 * @param answer from then until the client has the answer
 * @param error what the client is told; null: what the broker found
 * @param applied whether the broker does what was asked
 * @param answered whether an answer comes before the connection is lost or the client's time-out passes
 */
public record Fate(
        Duration underway, Duration answer, @Nullable RuntimeException error, boolean applied, boolean answered) {

    /** At once and as asked. */
    public static final Fate OK = new Fate(Duration.ZERO, Duration.ZERO, null, true, true);

    /**
     * Reaches the broker late.
     *
     * @param underway how late
     * @return applied and answered then
     */
    public static Fate late(Duration underway) {
        return new Fate(underway, Duration.ZERO, null, true, true);
    }

    /**
     * Applied at once, answered late.
     *
     * @param answer how late
     * @return the fate
     */
    public static Fate answeredLate(Duration answer) {
        return new Fate(Duration.ZERO, answer, null, true, true);
    }

    /**
     * Refused: not applied.
     *
     * @param error what the client is told
     * @return the fate
     */
    public static Fate failed(RuntimeException error) {
        return new Fate(Duration.ZERO, Duration.ZERO, error, false, true);
    }

    /**
     * Applied, but the client is told that it failed.
     *
     * @param error what the client is told
     * @return the fate
     */
    public static Fate failedThoughApplied(RuntimeException error) {
        return new Fate(Duration.ZERO, Duration.ZERO, error, true, true);
    }

    /**
     * Never reaches the broker, and is not answered.
     *
     * @return the fate
     */
    public static Fate lost() {
        return new Fate(Duration.ZERO, Duration.ZERO, null, false, false);
    }

    /**
     * Applied, but not answered.
     *
     * @return the fate
     */
    public static Fate unanswered() {
        return new Fate(Duration.ZERO, Duration.ZERO, null, true, false);
    }

    /**
     * The same, later.
     *
     * @param longer added to the time under way
     * @return a changed copy
     */
    public Fate after(Duration longer) {
        return new Fate(underway.plus(longer), answer, error, applied, answered);
    }
}
