package io.mika.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A failure that is to be written into a record's headers. Internal: for the library; no API. <i>Immutable.</i>
 *
 * @param origin where the record was read, with the topic's name on the wire; used only if it had not failed before
 * @param timestamp that the record had there, in epoch milliseconds; negative if none; used only together with the origin
 * @param reason why
 * @param attempts how often a handler was given the record so far, this time included
 * @param failedAt when, in epoch milliseconds
 */
public record FailedAttempt(Origin origin, long timestamp, Reason reason, int attempts, long failedAt) {
    /**
     * The failure of a record.
     *
     * @param record that failed
     * @param reason why
     * @param attempts how often a handler was given the record so far, this time included
     * @param failedAt when, in epoch milliseconds
     * @return with the record's place and timestamp
     */
    public static FailedAttempt of(ConsumerRecord<?, ?> record, Reason reason, int attempts, long failedAt) {
        Origin origin = new Origin(record.topic(), record.partition(), record.offset());
        return new FailedAttempt(origin, record.timestamp(), reason, attempts, failedAt);
    }
}
