package io.mika.failure;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a failed record goes. <i>Immutable</i>, and the decision is a function of its arguments.
 *
 * @param way which way
 * @param delay how long it waits there before the next attempt; zero where there is none
 */
public record Route(Way way, Duration delay) {
    /** The ways there are. */
    public enum Way {
        /** To the handler again, here. */
        IN_PLACE,
        RETRY_TOPIC,
        DLQ,
        /** Nowhere: the delivery is open again. */
        NOWHERE;

        /**
         * Whether the record leaves its place.
         *
         * @return true for the retry topic and the dead letter queue
         */
        public boolean isElsewhere() {
            return this == RETRY_TOPIC || this == DLQ;
        }
    }

    /** What the number of hops is where its header cannot be read: as many as there may be. */
    public static final int HOPS_UNREADABLE = Integer.MAX_VALUE;

    /**
     * A record that failed.
     *
     * @param source from where it was read
     * @param tries how often it was handed out again in place before
     * @param hops how often it went through the retry topic before
     * @param retryable whether the failure may go away
     * @param asked the delay that the failure itself asks for
     * @param options of its consumer
     */
    public record Failed(
            Source source, int tries, int hops, boolean retryable, Optional<Duration> asked, ConsumerOptions options) {}

    /**
     * Decides. Without a retry topic or a dead letter queue no options ask for one: the client's settings were checked.
     *
     * @param failed what failed
     * @param random from 0 to 1, for the jitter of delays
     * @return the first way that is open
     */
    public static Route of(Failed failed, double random) {
        ConsumerOptions options = failed.options();
        if (failed.retryable() && failed.source() == Source.TOPIC && failed.tries() < options.inPlaceRetries()) {
            return new Route(Way.IN_PLACE, delay(failed, options.inPlaceBackoff(), failed.tries(), random));
        }
        if (failed.retryable() && failed.hops() < options.retries()) {
            return new Route(Way.RETRY_TOPIC, delay(failed, options.backoff(), failed.hops(), random));
        }
        return withoutAnotherAttempt(failed);
    }

    /**
     * Decides for a record that cannot go through the retry topic: it is too large for it.
     *
     * @param failed what failed
     * @return the dead letter queue, or nowhere
     */
    public static Route withoutAnotherAttempt(Failed failed) {
        // What came from the dead letter queue goes back there, whatever the options say today
        boolean usesDlq = failed.options().usesDlq() || failed.source() == Source.DLQ;
        return new Route(usesDlq ? Way.DLQ : Way.NOWHERE, Duration.ZERO);
    }

    private static Duration delay(Failed failed, Backoff backoff, int before, double random) {
        return failed.asked().orElseGet(() -> backoff.delay(before + 1, random));
    }
}
