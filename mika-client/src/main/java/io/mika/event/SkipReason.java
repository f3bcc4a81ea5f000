package io.mika.event;

/** Why a record was not handed to a handler here. */
public enum SkipReason {
    /** Another group failed it; that one reads it too. */
    OTHER_GROUP,

    /** No consumer here is for its topic; it was written back to the retry topic, for a member that may have one. */
    UNCLAIMED,

    /** No member had a consumer for its topic for so long that it went to the dead letter queue. */
    UNCLAIMED_TOO_LONG,

    /**
     * It was settled before the partition came to this client, while an earlier record of the partition was still open, as
     * the group's last commit says.
     */
    SETTLED_BEFORE,

    /**
     * It only stands for a record that was too large for the dead letter queue, and that one cannot be read any more; it is
     * written back there.
     */
    POINTER,

    /**
     * It waited here, for its time or for its consumer, and was written anew, to wait on: for half of the retry topic's
     * retention, or while so many records behind it were settled that a commit could not say which.
     */
    PARKED,

    /** It waited for its time until the retry topic held it no longer: its retention is over, or somebody deleted it. */
    GONE,

    /** A replay has taken it; what the dead letter queue still holds is a copy. */
    REPLAYED
}
