package io.mika.consumer;

/** Why a record is sent. */
public enum SendPurpose {
    /** The application publishes it. */
    PUBLISH,

    /** It failed, and goes to the retry topic. */
    RETRY,

    /** It failed for good, or nobody claimed it for too long, and goes to the dead letter queue. */
    DEAD_LETTER,

    /** It goes to another partition of the retry topic, where a member may have a consumer for it. */
    PARK,

    /** A replay brings it back from the dead letter queue to the retry topic. */
    REPLAY
}
