package io.mika.error;

import org.jspecify.annotations.Nullable;

/**
 * A failed record has nowhere to go: it is not to be retried (any more), and its consumer uses no dead letter queue. The
 * delivery is open again and holds its partition's commit, until the application calls {@code ack()} or {@code fail()}.
 */
public class UnroutableFailureException extends MikaException {
    private static final long serialVersionUID = 1;

    /** Without the global suffix. */
    private final String topic;

    /** From 0. */
    private final int partition;

    /** From 0. */
    private final long offset;

    /**
     * Makes an exception for one record.
     *
     * @param topic the topic the record was read from, without the global suffix
     * @param partition its partition
     * @param offset its offset
     * @param cause why the record failed, or null where no exception was given
     */
    public UnroutableFailureException(String topic, int partition, long offset, @Nullable Throwable cause) {
        super(
                "the failed record " + topic + "-" + partition + "@" + offset + " has nowhere to go: it is not to be"
                        + " retried and its consumer uses no dead letter queue; it is open again, ack() or fail() it",
                cause);
        this.topic = topic;
        this.partition = partition;
        this.offset = offset;
    }

    /**
     * Where the record was read from.
     *
     * @return the topic's name without the global suffix
     */
    public final String topic() {
        return topic;
    }

    /**
     * The record's partition.
     *
     * @return from 0
     */
    public final int partition() {
        return partition;
    }

    /**
     * The record's offset.
     *
     * @return from 0
     */
    public final long offset() {
        return offset;
    }
}
