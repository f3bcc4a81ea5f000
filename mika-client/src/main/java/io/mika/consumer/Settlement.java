package io.mika.consumer;

/** What became of a delivery, or of a call that tried to settle it. */
public enum Settlement {
    /**
     * Acked here. Not yet committed: the client commits at its interval, and a record acked in the meantime comes again
     * if the process dies.
     */
    ACKED,

    /** Written to the retry topic, acknowledged by the brokers, and settled here. It comes again, from there. */
    RETRIED,

    /** Handed to the handler again, here, as a new delivery; this one is over. */
    RETRIED_IN_PLACE,

    /** Written to the dead letter queue, acknowledged by the brokers, and settled here. */
    DEAD_LETTERED,

    /** The call changed nothing: the delivery was settled before, or is being settled. */
    ALREADY_SETTLED,

    /**
     * The call changed nothing: this client does not own the record any more, because its partition was revoked or
     * lost, its position was reset, or the client was closed. The next owner is given the record again. If a write was
     * under way, a copy may exist in the retry topic or dead letter queue.
     */
    NOT_OWNED
}
