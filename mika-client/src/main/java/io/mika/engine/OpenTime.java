package io.mika.engine;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * For how long a delivery is open, and on which thread its call runs; of those deliveries alone of which that is to be
 * known, for it costs memory and a look at the clock. <i>Thread-safe.</i>
 */
final class OpenTime {
    private final OptionalLong startedAt;
    /** Until then it does not count as stuck. */
    private @Nullable Long extendedTo;

    private @Nullable Thread caller;
    private boolean interrupted;

    private OpenTime(OptionalLong startedAt, @Nullable Thread caller) {
        this.startedAt = startedAt;
        this.caller = caller;
    }

    /** The call begins now, on this thread. */
    static OpenTime from(long now) {
        return new OpenTime(OptionalLong.of(now), Thread.currentThread());
    }

    /** When it began is not known. */
    static OpenTime unknown() {
        return new OpenTime(OptionalLong.empty(), null);
    }

    /** When the call began, in nanoseconds. */
    OptionalLong startedAt() {
        return startedAt;
    }

    /** When it counts as stuck: {@code after} its own time, if it did not ask for more. */
    synchronized long deadline(long after) {
        return extendedTo == null ? after : Math.max(extendedTo, after);
    }

    synchronized void extendTo(long until) {
        extendedTo = extendedTo == null ? until : Math.max(extendedTo, until);
    }

    /** Null once the call has returned, or if it is not known. */
    synchronized @Nullable Thread caller() {
        return caller;
    }

    /** The call has returned. An interrupt was meant for it alone. */
    synchronized void ends() {
        caller = null;
        if (interrupted) {
            boolean unused = Thread.interrupted();
        }
    }

    /** Interrupts the call, if it runs. */
    synchronized void interrupt() {
        if (caller != null) {
            interrupted = true;
            caller.interrupt();
        }
    }

    synchronized boolean wasInterrupted() {
        return interrupted;
    }
}
