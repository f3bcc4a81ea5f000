package io.mika.consumer;

/** From where a delivery was read. */
public enum Source {
    /** The consumer's own topic. */
    TOPIC,

    /** The group's retry topic. */
    RETRY,

    /** The group's dead letter queue. */
    DLQ
}
