package io.mika.engine;

import io.mika.env.StartPosition;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Where a partition without a committed offset begins. Pure. */
enum StartRule {
    EARLIEST,
    LATEST,
    AT_TIME,
    /** Nothing says where: the client must not guess. */
    UNKNOWN;

    /**
     * @param smallestNoted the smallest partition count in the group's commits of the topic, if any bears one
     * @param seenMissing this client itself saw that the topic did not exist
     */
    static StartRule of(
            int partition, OptionalInt smallestNoted, boolean seenMissing, @Nullable StartPosition configured) {
        boolean timed = configured != null && configured.time().isPresent();
        if (timed) {
            return AT_TIME;
        }
        boolean added = smallestNoted.isPresent() && partition >= smallestNoted.getAsInt();
        if (added || seenMissing) {
            return EARLIEST;
        }
        if (configured == null) {
            return UNKNOWN;
        }
        return configured.isEarliest() ? EARLIEST : LATEST;
    }
}
