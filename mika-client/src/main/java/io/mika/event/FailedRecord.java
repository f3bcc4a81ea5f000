package io.mika.event;

import io.mika.consumer.Source;
import java.util.Optional;

/**
 * A record that failed and was written elsewhere. <i>Immutable.</i> Topics are named without the global suffix, but for
 * those of records.
 *
 * @param topic of the consumer whose handler failed
 * @param source from where the record was read
 * @param partition from where it was read
 * @param offset from where it was read
 * @param attempt which attempt failed, from 1
 * @param reason why, as the record's headers have it
 * @param exceptionClass empty if the reason was given as text, or not at all
 */
public record FailedRecord(
        String topic,
        Source source,
        int partition,
        long offset,
        int attempt,
        String reason,
        Optional<String> exceptionClass) {}
