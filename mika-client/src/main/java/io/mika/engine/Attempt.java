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
 * @param outage of its consumer; null for one without a breaker
 */
record Attempt(
        Engine.Binding binding,
        Source source,
        int number,
        int tries,
        @Nullable Outage outage) {
    static Attempt first(Engine.Binding binding, @Nullable Outage outage) {
        return new Attempt(binding, Source.TOPIC, 1, 0, outage);
    }

    Attempt againInPlace() {
        return new Attempt(binding, source, number + 1, tries + 1, outage);
    }

    /** Another one that the consumer's options do not count. */
    Attempt againAfterOutage() {
        return new Attempt(binding, source, number + 1, tries, outage);
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
