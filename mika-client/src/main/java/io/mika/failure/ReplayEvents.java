package io.mika.failure;

import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;

/** What replays tell. Internal; no API. <i>Thread-safe</i>, and none of the calls blocks. */
public interface ReplayEvents {
    /** A replay began. */
    void replayBegan(ReplayRequest request);

    /** A replay is over; with the reason, if it failed. */
    void replayEnded(ReplayReport report, String outcome);

    /** Something went wrong that a replay goes on from. */
    void error(Throwable error);
}
