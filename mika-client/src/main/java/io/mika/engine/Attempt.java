package io.mika.engine;

import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Source;

/**
 * What a delivery is to its consumer, beside its record. <i>Immutable</i>; the first attempts of a lane share one.
 *
 * @param binding whose it is
 * @param source from where it was read
 * @param number from 1, over tries in place and hops
 * @param tries how often the record was handed out again in place
 */
record Attempt(Engine.Binding binding, Source source, int number, int tries) {
    static Attempt first(Engine.Binding binding) {
        return new Attempt(binding, Source.TOPIC, 1, 0);
    }

    Attempt againInPlace() {
        return new Attempt(binding, source, number + 1, tries + 1);
    }

    /** Whether something is to be done with a delivery that is open for too long, beside telling so. */
    boolean actsOnDeadline() {
        return binding.options().deadlinePolicy() != DeadlinePolicy.WARN
                || binding.options().interruptsOnDeadline();
    }

    /** Whether a record may be handed out again, so that an earlier delivery of it is no delivery of it any more. */
    boolean mayBeRepeated() {
        return binding.options().inPlaceRetries() > 0 && source == Source.TOPIC;
    }
}
