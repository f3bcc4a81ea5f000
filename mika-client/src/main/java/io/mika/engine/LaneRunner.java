package io.mika.engine;

import io.mika.consumer.DeliveryHandler;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands the records of a lane to the handler, one after another in offset order. <i>Runs on a handler thread, at most
 * one at a time</i>; the other methods are thread-safe.
 *
 * <p>Timing safety: whoever leaves a state looks again after having left. The runner looks at its queue after it went
 * idle, since the poll thread looks at the state only after it filled the queue; it looks at the open count after it
 * stalled, since {@link #roomFor} looks at the state only after the count went down; it looks at {@code stopped} after
 * it said that it handles, since a drain looks at that only after it stopped the runner.
 */
final class LaneRunner implements Runnable {
    private enum State {
        /** Nothing to do; the next chunk activates it. */
        IDLE,
        /** Running, or waiting for a thread. */
        ACTIVE,
        /** As many deliveries are open as may be; a settlement activates it. */
        STALLED
    }

    /** So much room is worth a turn; where fewer may be open at all, half of that, and at least one. */
    private static final int WORTH_A_TURN = 32;

    private final Lane lane;
    private final LaneContext context;
    private final Dispatch dispatch;
    private final DeliveryHandler handler;
    private final int maxInFlight;
    private final int resumesAt;
    private final Queue<Chunk> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile boolean refused;
    private volatile boolean stopped;
    /** Turns that run; two for a moment, when a settlement starts the next one before a stalled one is through. */
    private final AtomicInteger handling = new AtomicInteger();

    /** The chunk that is being handed out; the runner's own. */
    private @Nullable Chunk current;

    LaneRunner(Lane lane, LaneContext context, Dispatch dispatch) {
        this.lane = lane;
        this.context = context;
        this.dispatch = dispatch;
        this.handler = lane.binding().handler();
        this.maxInFlight = lane.binding().options().maxInFlight();
        this.resumesAt = maxInFlight - Math.max(1, Math.min(maxInFlight / 2, WORTH_A_TURN));
    }

    /** The poll thread's: hands a chunk over; {@link #activate} follows. */
    void enqueue(Chunk chunk) {
        inbox.add(chunk);
    }

    void activate() {
        if (state.compareAndSet(State.IDLE, State.ACTIVE)) {
            dispatch.submit(this);
        }
    }

    /**
     * Starts what should be running: the executor may have refused it, or there is less room than is worth a turn, and
     * nothing else may ever be settled.
     */
    void nudge() {
        if (refused) {
            refused = false;
            activate();
        }
        if (lane.late() < maxInFlight) {
            resume();
        }
    }

    /** So many deliveries are open now: goes on if that leaves room. */
    void roomFor(int open) {
        if (open <= resumesAt) {
            resume();
        }
    }

    private void resume() {
        if (!stopped && state.compareAndSet(State.STALLED, State.ACTIVE)) {
            dispatch.submit(this);
        }
    }

    /** The executor did not take it: the next chunk, or {@link #nudge}, activates it. */
    void refused() {
        state.set(State.IDLE);
        refused = true;
    }

    void stop() {
        stopped = true;
    }

    /** Whether a handler may be running. */
    boolean isHandling() {
        return handling.get() > 0;
    }

    @Override
    public void run() {
        handling.incrementAndGet();
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

    /** Hands out until there is nothing left, or no room, or another lane's turn; true if the turn ended alone. */
    private boolean handOut() {
        while (!stopped) {
            Chunk chunk = current == null ? inbox.poll() : current;
            if (chunk == null) {
                state.set(State.IDLE);
                if (inbox.isEmpty() || !state.compareAndSet(State.IDLE, State.ACTIVE)) {
                    return false;
                }
                continue;
            }
            current = chunk;
            if (!handOut(chunk)) {
                return false;
            }
            current = null;
            lane.progressed();
            if (dispatch.othersWait()) {
                return true;
            }
        }
        return false;
    }

    /** False if it had to stop in the middle. */
    private boolean handOut(Chunk chunk) {
        int index = chunk.handed();
        if (index == 0) {
            chunk.startedAt(context.nanoTime());
        }
        for (; index < chunk.size; index++) {
            if (stopped || context.isOver() || (lane.late() >= maxInFlight && stall())) {
                return false;
            }
            ConsumerRecord<byte[], byte[]> record = chunk.record(index);
            chunk.handedTo(index + 1);
            if (record != null && chunk.state(index) == SettleState.OPEN) {
                deliver(chunk, index, record);
            }
        }
        return true;
    }

    /** True if it stalled; false if there is room again. */
    private boolean stall() {
        state.set(State.STALLED);
        return lane.late() >= maxInFlight || !state.compareAndSet(State.STALLED, State.ACTIVE);
    }

    private void deliver(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record) {
        OpenDelivery delivery = new OpenDelivery(chunk, index, record);
        try {
            handler.handle(delivery);
        } catch (Throwable thrown) {
            thrown(chunk, index, delivery, thrown);
        }
        lane.returned(chunk, index);
    }

    private void thrown(Chunk chunk, int index, OpenDelivery delivery, Throwable thrown) {
        if (thrown instanceof Error) {
            passOn(thrown);
        }
        if (!context.settlesThrown() || chunk.state(index) == SettleState.DISCARDED) {
            return;
        }
        if (chunk.state(index) == SettleState.ACKED) {
            context.error(thrown);
        } else {
            var unused = delivery.fail(thrown);
        }
    }

    /** The thread lives on, for the lane's next record; whatever its handler throws is ignored, as the platform does. */
    private static void passOn(Throwable error) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        } catch (Throwable ignored) {
            // As Thread does
        }
    }
}
