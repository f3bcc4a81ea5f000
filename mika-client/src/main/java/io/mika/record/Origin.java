package io.mika.record;

/**
 * Where a record first appeared. It stays the same over retries and the dead letter queue, so it can serve as the
 * record's identity in a handler that must do a thing only once. <i>Immutable.</i>
 *
 * @param topic the topic
 * @param partition the partition, from 0
 * @param offset the offset, from 0
 */
public record Origin(String topic, int partition, long offset) {
    /**
     * Makes an origin.
     *
     * @param topic the topic
     * @param partition the partition, from 0
     * @param offset the offset, from 0
     * @throws IllegalArgumentException when partition or offset is negative
     */
    public Origin {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "partition " + partition + " and offset " + offset + " must not be negative");
        }
    }

    /** As Kafka's logs write it: {@code orders-3@42}. */
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
