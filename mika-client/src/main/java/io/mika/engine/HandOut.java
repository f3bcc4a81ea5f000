package io.mika.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a lane go. The poll thread offers what it polled; the methods that other threads may call say so.
 */
interface HandOut {
    long NEVER = Long.MAX_VALUE;

    /** Takes a chunk; {@link #activate} follows. */
    void enqueue(Chunk chunk);

    /** Starts handing out what was enqueued. */
    void activate();

    /** Called once a second: starts what should be running and is not. */
    void nudge();

    /** Starts what waited for its time. */
    void wake(long now);

    /** When {@link #wake} is wanted next, in nanoseconds; {@link #NEVER} for never. */
    long wakesAt();

    /** So many deliveries of the lane are open now: there may be room again. Any thread. */
    void roomFor(int open);

    /** A record whose failure allows another attempt here. Any thread. */
    void again(WaitingRecord record);

    /** Hands out nothing more. */
    void stop();

    /** Whether its consumer is disabled; never where there are several. */
    boolean isDisabled();

    /** Whether its consumer is in an outage, and there is something here to probe with; never where there are several. */
    boolean hasProbes();

    /** After how long a delivery counts as stuck; the longest of its consumers'. */
    Duration ackDeadline();

    /** The thread that calls the handler; null if none does, or there may be several. */
    @Nullable Thread handler();

    /** Whether a handler may be running. Any thread. */
    boolean isHandling();
}
