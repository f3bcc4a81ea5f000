package io.mika.event;

import java.time.Duration;

/**
 * A record that a handler had been given and that was not settled when the client closed. It comes again, to the next
 * owner of its partition. <i>Immutable</i>.
 *
 * @param topic without the global suffix
 * @param partition of the topic
 * @param offset in the partition
 * @param age since the handler was given it
 */
public record AbandonedRecord(String topic, int partition, long offset, Duration age) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset + " (" + age.toMillis() + " ms)";
    }
}
