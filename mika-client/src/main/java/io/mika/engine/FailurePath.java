package io.mika.engine;

import io.mika.failure.RecordFetch;
import io.mika.failure.Replays;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside the poll loop and brings failed records on. <i>Thread-safe.</i>
 *
 * @param writes to the retry topic and the dead letter queue
 * @param fetch reads single records again; null without these topics
 * @param replays of the dead letter queue; null without one, or without a retry topic
 */
record FailurePath(
        Writes writes,
        @Nullable RecordFetch fetch,
        @Nullable Replays replays) {
    /** Goes on with what waited for its time. */
    void nudge(long now) {
        writes.nudge(now);
        if (fetch != null) {
            fetch.nudge(now);
        }
        if (replays != null) {
            replays.nudge(now);
        }
    }

    void readAgain(List<WaitingQueue.Asked> records) {
        if (fetch != null) {
            fetch.fetch(records);
        }
    }

    void closeReplays() {
        if (replays != null) {
            replays.close();
        }
    }

    boolean replaysAreOver() {
        return replays == null || replays.areOver();
    }

    /** The time for closing is over. */
    void abandonReplays() {
        if (replays != null) {
            replays.abandon();
        }
    }

    void closeFetch(Duration timeout) {
        if (fetch != null) {
            fetch.close(timeout);
        }
    }
}
