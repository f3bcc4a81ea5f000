package io.mika.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hands records of a lane to a handler, one after another. <i>Runs on a handler thread, at most one turn at a time</i>; the
 * other methods are thread-safe.
 *
 * <p>Timing safety: whoever leaves a state looks again after having left. A runner looks at its queue after it went idle,
 * since others look at the state only after they filled the queue; it looks at the open count after it stalled, since
 * settlements look at the state only after the count went down; it looks at {@code stopped} after it said that it
 * handles, since a drain looks at that only after it stopped the runner.
 */
abstract class Runner implements Dispatch.Turn {
    enum State {
        /** Nothing to do; more work activates it. */
        IDLE,
        /** Running, or waiting for a thread. */
        ACTIVE,
        /** As many deliveries are open as may be; a settlement activates it. */
        STALLED,
        /** A record is to be handed out again before any other, and it is not time yet. */
        BACKING_OFF,
        /** The consumer is disabled, or has had as many records as it may for now. */
        HELD
    }

    final Lane lane;
    final LaneContext context;
    final HandlerCalls calls;
    private final Dispatch dispatch;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile boolean refused;
    private volatile boolean stopped;
    /** Of the turn that runs. */
    private volatile @Nullable Thread thread;

    /** Turns that run; two for a moment, when a settlement starts the next one before a stalled one is through. */
    private final AtomicInteger handling = new AtomicInteger();

    Runner(Lane lane, LaneContext context, Dispatch dispatch) {
        this.lane = lane;
        this.context = context;
        this.dispatch = dispatch;
        this.calls = new HandlerCalls(lane, context);
    }

    /** Hands out until there is nothing left, or no room, or another's turn; true if the turn ended for that alone. */
    abstract boolean handOut();

    /** Starts a turn if it waits in this state. */
    final void leave(State waiting) {
        if (!stopped && state.compareAndSet(waiting, State.ACTIVE)) {
            dispatch.submit(this);
        }
    }

    /** The turn's: waits in this state from here on, unless {@link #leave} or {@link #stay} takes it back. */
    final void enter(State waiting) {
        state.set(waiting);
    }

    /** The turn's: takes {@link #enter} back; false if the next turn is on its way already. */
    final boolean stay(State waiting) {
        return state.compareAndSet(waiting, State.ACTIVE);
    }

    final boolean isIn(State waiting) {
        return state.get() == waiting;
    }

    final Gate gate() {
        return dispatch.gate();
    }

    final boolean othersWait() {
        return dispatch.othersWait();
    }

    /** More work, or {@link #startRefused}, activates it. */
    @Override
    public final void refused() {
        state.set(State.IDLE);
        refused = true;
    }

    final void startRefused() {
        if (refused) {
            refused = false;
            leave(State.IDLE);
        }
    }

    final void stopRunning() {
        stopped = true;
    }

    /** Whether nothing more may be handed out, now or ever. */
    final boolean isStopped() {
        return stopped || context.isOver();
    }

    /** Whether a handler may be running. */
    final boolean isRunning() {
        return handling.get() > 0;
    }

    /** Of the last turn; null if none runs. */
    final @Nullable Thread thread() {
        return isRunning() ? thread : null;
    }

    @Override
    public final void run() {
        handling.incrementAndGet();
        thread = Thread.currentThread();
        context.enterHandler();
        boolean goesOn = false;
        try {
            goesOn = handOut();
        } finally {
            context.leaveHandler();
            handling.decrementAndGet();
            lane.progressed();
        }
        if (goesOn) {
            dispatch.submit(this);
        }
    }
}
