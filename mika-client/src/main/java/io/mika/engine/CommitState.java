package io.mika.engine;

import io.mika.record.CommitText;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
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
    private @Nullable Prepared prepared;
    private long unheld;
    private boolean remembered;

    /**
     * What is to be committed.
     *
     * @param topicId for which topic
     * @param limit of the text, in bytes
     * @param written the text of this content at this place
     */
    record Prepared(Uuid topicId, Mark place, CommitText.Content content, int limit, CommitText.Written written) {
        OffsetAndMetadata offset() {
            return place.withText(written.text());
        }

        boolean isOf(Uuid topic, Mark wanted, CommitText.Content says, int within) {
            return topic.equals(topicId) && wanted.equals(place) && says.equals(content) && within == limit;
        }
    }

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

    /** The last that was to be committed; null before the first. */
    @Nullable Prepared prepared() {
        return prepared;
    }

    /** @param notHeld how many settled records its text has no room for */
    void prepare(Prepared next, long notHeld) {
        prepared = next;
        unheld = notHeld;
        remembered = true;
    }

    /** @param next null where there is no text; else one that is not to say what is settled */
    void prepareWithoutRanges(@Nullable Prepared next) {
        prepared = next;
        unheld = 0;
        remembered = false;
    }

    /** How many settled records the last text had no room for: a restart hands them out again. */
    long unheld() {
        return unheld;
    }

    /** Whether the text says what is settled, as far as it has room. */
    boolean isRemembered() {
        return remembered;
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
