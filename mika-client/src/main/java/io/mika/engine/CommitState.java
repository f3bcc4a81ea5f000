package io.mika.engine;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What the brokers hold of one lane, as far as they confirmed it. <i>Owned by the poll thread.</i>
 *
 * <p>A commit epoch ends when the position moves back: within one, confirmed offsets never decrease, and a confirmation
 * that belongs to an earlier one says nothing about today.
 */
final class CommitState {
    private @Nullable OffsetAndMetadata confirmed;
    private long highest = -1;
    private long held = -1;
    private int epoch;

    /** What a commit under way was made of, to be compared when its answer comes. */
    record Sent(Lane lane, int epoch, OffsetAndMetadata offset) {}

    int epoch() {
        return epoch;
    }

    /** The highest confirmed offset of this commit epoch; -1 before the first. */
    long highest() {
        return highest;
    }

    /** What the brokers were last known to hold, whatever the commit epoch; -1 for nothing. */
    long held() {
        return held;
    }

    @Nullable OffsetAndMetadata confirmed() {
        return confirmed;
    }

    /** What the brokers are known to hold from before this assignment. */
    void inherit(OffsetAndMetadata committed) {
        confirmed = committed;
        highest = committed.offset();
        held = committed.offset();
    }

    boolean isDirty(OffsetAndMetadata wanted) {
        return !wanted.equals(confirmed);
    }

    void confirm(Sent sent) {
        held = sent.offset().offset();
        if (sent.epoch() == epoch) {
            confirmed = sent.offset();
            highest = Math.max(highest, sent.offset().offset());
        }
    }

    /** The position moved back: the next commit may be lower, and is due whatever was confirmed. */
    void beginEpoch() {
        epoch++;
        confirmed = null;
        highest = -1;
    }
}
