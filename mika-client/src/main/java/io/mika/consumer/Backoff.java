package io.mika.consumer;

import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait before another attempt, by how many there were. <i>Immutable.</i>
 *
 * <pre>{@code
 * Backoff.fixed(Duration.ofSeconds(5))
 * Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(10)).jitter(0.2)
 * }</pre>
 */
public final class Backoff {
    private static final Backoff NONE = new Backoff(Duration.ZERO, Duration.ZERO, 1, 0);
    private static final double DOUBLING = 2;

    private final Duration first;
    private final Duration longest;
    private final double factor;
    private final double jitter;

    private Backoff(Duration first, Duration longest, double factor, double jitter) {
        this.first = first;
        this.longest = longest;
        this.factor = factor;
        this.jitter = jitter;
    }

    /**
     * No wait: the next attempt is due at once.
     *
     * @return the same each time
     */
    public static Backoff none() {
        return NONE;
    }

    /**
     * The same wait before each attempt.
     *
     * @param wait zero or more
     * @return a new one
     * @throws IllegalArgumentException if it is negative
     */
    public static Backoff fixed(Duration wait) {
        return new Backoff(notNegative("fixed", wait), wait, 1, 0);
    }

    /**
     * A wait that doubles with each attempt.
     *
     * @param first before the first repetition
     * @param longest what it does not go beyond
     * @return a new one
     * @throws IllegalArgumentException if one is negative, or the longest is shorter than the first
     */
    public static Backoff exponential(Duration first, Duration longest) {
        return exponential(first, longest, DOUBLING);
    }

    /**
     * A wait that grows with each attempt.
     *
     * @param first before the first repetition
     * @param longest what it does not go beyond
     * @param factor by which it grows, 1 or more
     * @return a new one
     * @throws IllegalArgumentException if a duration is negative, the longest shorter than the first, or the factor no
     *     number of 1 or more
     */
    public static Backoff exponential(Duration first, Duration longest, double factor) {
        notNegative("exponential", first);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "exponential: the longest wait, " + longest + ", is shorter than the" + " first, " + first);
        }
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("exponential: the factor " + factor + " is not a number of 1 or more");
        }
        return new Backoff(first, longest, factor, 0);
    }

    /**
     * The same, spread at random: between the wait less and the wait more this part of it. So records that failed
     * together do not come back together.
     *
     * @param part from 0 to 1; 0.2 for a fifth in both directions
     * @return a new one
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Backoff jitter(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("jitter: " + part + " is not from 0 to 1");
        }
        return new Backoff(first, longest, factor, part);
    }

    /**
     * The wait. A pure function of its arguments.
     *
     * @param attempts how many there were, from 1
     * @param random from 0 to 1, for the jitter; 0.5 gives the wait without it
     * @return zero or more
     * @throws IllegalArgumentException if the attempts are below 1
     */
    public Duration delay(int attempts, double random) {
        if (attempts < 1) {
            throw new IllegalArgumentException("delay: " + attempts + " attempts are fewer than 1");
        }
        double wait = Math.min(nanos(longest), nanos(first) * Math.pow(factor, attempts - 1.0));
        double spread = wait * jitter * (2 * random - 1);
        return Duration.ofNanos((long) Math.max(0, wait + spread));
    }

    /** Beyond 292 years a long of nanoseconds ends, and so does waiting. */
    private static double nanos(Duration wait) {
        return wait.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? wait.toNanos() : Long.MAX_VALUE;
    }

    private static Duration notNegative(String name, Duration wait) {
        if (Objects.requireNonNull(wait, "wait").isNegative()) {
            throw new IllegalArgumentException(name + ": " + wait + " is negative");
        }
        return wait;
    }

    @Override
    public String toString() {
        if (longest.isZero()) {
            return "none";
        }
        String waits = first.equals(longest) ? "fixed " + first : first + " to " + longest + " by " + factor;
        return jitter == 0 ? waits : waits + " jitter " + jitter;
    }
}
