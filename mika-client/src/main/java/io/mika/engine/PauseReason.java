package io.mika.engine;

/** Why a partition is not polled. A partition is polled while it has none of these. */
enum PauseReason {
    /** Its start position is not known, or not yet confirmed by the brokers. */
    STARTING,
    /** Its position was out of range and is looked up. */
    REPOSITIONING,
    /** As many records, or bytes, are queued and open as may be. */
    FULL,
    /** So much of one consumer waits for its time, or for the consumer, as may. */
    WAITING,
    /** So many records are settled above an open one that a commit cannot say which; after a crash they come again. */
    UNREMEMBERED,
    /** Its consumer is disabled. */
    DISABLED,
    /** Nothing of its consumer succeeds any more, and probes alone are handed out. */
    OUTAGE,
    /** The pass over the dead letter queue has read all of it. */
    DLQ_PASS_ENDED,
    /** The client closes, or the partition is being given away. */
    DRAINING
}
