package io.mika.engine;

import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Source;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery is to its consumer, beside its record. <i>Immutable</i>; the first attempts of a lane share one.
 *
 * @param binding whose it is
 * @param source from where it was read
 * @param number from 1, over tries in place and hops
 * @param tries how often the record was handed out again in place
 * @param held how often it was handed out again because of an outage
 * @param outage of its consumer; null for one without a breaker
 */
record Attempt(
        Engine.Binding binding,
        Source source,
        int number,
        int tries,
        int held,
        @Nullable Outage outage) {
    /** What was held more often may be what is wrong, and not what its handler needs. */
    private static final int MOST_HELD = 5;

    Attempt(Engine.Binding binding, Source source, int number, @Nullable Outage outage) {
        this(binding, source, number, 0, 0, outage);
    }

    static Attempt first(Engine.Binding binding, @Nullable Outage outage) {
        return new Attempt(binding, Source.TOPIC, 1, outage);
    }

    Attempt againInPlace() {
        return new Attempt(binding, source, number + 1, tries + 1, held, outage);
    }

    /** Another one that the consumer's options do not count. */
    Attempt againAfterOutage() {
        return new Attempt(binding, source, number + 1, tries, held + 1, outage);
    }

    /** Whether an outage may keep the record here once more. */
    boolean mayBeHeld() {
        return held < MOST_HELD;
    }

    /** Whether something is to be done with a delivery that is open for too long, beside telling so. */
    boolean actsOnDeadline() {
        return binding.options().deadlinePolicy() != DeadlinePolicy.WARN
                || binding.options().interruptsOnDeadline();
    }

    /** Whether a record may be handed out again, so that an earlier delivery of it is no delivery of it any more. */
    boolean mayBeRepeated() {
        return outage != null || (binding.options().inPlaceRetries() > 0 && source == Source.TOPIC);
    }
}
