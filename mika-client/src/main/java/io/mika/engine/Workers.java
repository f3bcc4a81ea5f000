package io.mika.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands records of a lane to a handler on several threads at once. <i>Thread-safe.</i>
 *
 * <p>Timing safety: whether there is work, and how many work, is looked at and changed under one lock, so none ends while
 * there is something to do and no other to do it. Settlements do not take the lock: who finds no room says that it
 * stalled and looks again, since a settlement looks at that only after it made room.
 */
abstract class Workers {
    /** So many calls are worth a thread, where others wait for one. */
    private static final int TURN = 8;

    final Lane lane;
    final LaneContext context;
    final ReentrantLock lock = new ReentrantLock();
    private final Dispatch dispatch;
    private final HandlerCalls calls;
    private final int most;
    private final int maxInFlight;
    /** Records of a call at most; 0 for a consumer of single ones. */
    final int batchRecords;

    private final boolean remembers;
    /** Records whose calls run, or are about to. Under the lock. */
    private int calling;
    /** Workers that run, or wait for a thread. Under the lock. */
    private int active;
    /** Those of them whose call runs: nobody knows when they take more. Under the lock. */
    private int busy;

    private volatile boolean stalled;
    /** The gate let none pass. */
    private volatile boolean held;

    private volatile boolean refused;
    private volatile boolean stopped;
    private final AtomicInteger handling = new AtomicInteger();
    /** The last that worked. */
    private volatile @Nullable Thread worker;

    /**
     * @param most how many may work at once
     * @param remembers whether each delivery of a batch is to know its own call; else its chunk and the one worker
     *     tell enough
     */
    Workers(Lane lane, Engine.Binding binding, LaneContext context, Dispatch dispatch, int most, boolean remembers) {
        this.lane = lane;
        this.context = context;
        this.dispatch = dispatch;
        this.calls = new HandlerCalls(lane, context);
        this.most = most;
        this.maxInFlight = binding.options().maxInFlight();
        this.batchRecords = binding.isBatched() ? binding.options().batchRecords() : 0;
        this.remembers = remembers;
    }

    // ---- under the lock

    /** How many records could be handed out now, or more: that many workers are worth starting. */
    abstract int available();

    /** Takes the next record for a worker, as {@code OPEN}; null if there is none now. */
    abstract @Nullable OpenDelivery next();

    /** The call with this delivery has returned. */
    abstract void returned(OpenDelivery delivery);

    /** How many workers are worth starting. */
    int worthStarting() {
        return available();
    }

    /** Whether there is something that is not handed out before its time. */
    boolean waitsForMore() {
        return false;
    }

    /** Takes the next batch, of at most so many records that are permitted one by one; empty if there is none now. */
    List<OpenDelivery> nextBatch(int atMost, BooleanSupplier permitted) {
        return collect(atMost, permitted, () -> available() > 0 ? next() : null);
    }

    /** The call with this batch has returned. */
    void returned(List<OpenDelivery> batch) {
        batch.forEach(this::returned);
    }

    /** Deliveries that are open and whose call has returned. */
    abstract int openBeyondCalls();

    // ---- any thread

    /** Starts as many workers as there is work for. */
    final void start() {
        int start;
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            int free = active - busy;
            start = Math.min(most - active, worthStarting() - free);
            if (start <= 0) {
                return;
            }
            active += start;
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < start; i++) {
            dispatch.submit(new Worker());
        }
    }

    /** There may be room again. */
    final void settled() {
        if (stalled) {
            stalled = false;
            start();
        }
    }

    /** Starts what the executor refused, or what stalled and was not told. */
    final void startAgain() {
        if (refused || stalled) {
            refused = false;
            stalled = false;
            start();
        }
    }

    /** Whether it waits for a permit, or for room: that starts it, and nothing else need. */
    final boolean isHeldBack() {
        return held || stalled;
    }

    final void stopWorking() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped || context.isOver();
    }

    final Gate gate() {
        return dispatch.gate();
    }

    /** Whether a handler may be running. */
    final boolean isWorking() {
        return handling.get() > 0;
    }

    /** The one that works; null if none does, or there may be several. */
    final @Nullable Thread worker() {
        return most == 1 && isWorking() ? worker : null;
    }

    private final class Worker implements Dispatch.Turn {
        @Override
        public void refused() {
            lock.lock();
            try {
                active--;
            } finally {
                lock.unlock();
            }
            refused = true;
        }

        @Override
        public void run() {
            handling.incrementAndGet();
            worker = Thread.currentThread();
            context.enterHandler();
            boolean goesOn = false;
            try {
                goesOn = batchRecords == 0 ? work() : workInBatches();
            } finally {
                context.leaveHandler();
                handling.decrementAndGet();
                lane.progressed();
            }
            if (goesOn) {
                dispatch.submit(this);
            }
        }

        /** Until there is nothing left, or no room; true if it ended only to let another have its turn. */
        private boolean work() {
            int made = 0;
            for (OpenDelivery delivery = take(null); delivery != null; delivery = take(delivery)) {
                calls.deliver(delivery, true);
                if (++made >= TURN && dispatch.othersWait()) {
                    giveBack(List.of(delivery));
                    return true;
                }
            }
            return false;
        }
    }

    /** True if it ended only to let another have its turn. */
    private boolean workInBatches() {
        for (List<OpenDelivery> batch = takeBatch(List.of()); !batch.isEmpty(); batch = takeBatch(batch)) {
            calls.deliver(batch, remembers);
            if (endsAChunk(batch)) {
                lane.progressed(); // only now is there something to let go of
            }
            if (dispatch.othersWait()) {
                giveBack(batch);
                return true;
            }
        }
        return false;
    }

    private static boolean endsAChunk(List<OpenDelivery> batch) {
        OpenDelivery last = batch.get(batch.size() - 1);
        return last.index() == last.chunk().size - 1
                || last.chunk() != batch.get(0).chunk();
    }

    private void giveBack(List<OpenDelivery> done) {
        lock.lock();
        try {
            ends(done);
        } finally {
            lock.unlock();
        }
    }

    /** Without effect where there was no call. */
    private void ends(List<OpenDelivery> done) {
        if (!done.isEmpty()) {
            busy--;
            calling -= done.size();
            returned(done);
        }
    }

    /** Ends one call and begins another; empty if the worker ends. */
    private List<OpenDelivery> takeBatch(List<OpenDelivery> done) {
        lock.lock();
        try {
            ends(done);
            List<OpenDelivery> batch = isStopped() || isFull()
                    ? List.of()
                    : nextBatch(Math.min(batchRecords, maxInFlight - calling - openBeyondCalls()), this::isPermitted);
            if (batch.isEmpty()) {
                active--;
                if (waitsForMore()) {
                    context.signal(); // for the poll thread to look at the time again
                }
            } else {
                busy++;
                calling += batch.size();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Takes records until there is none, or none is permitted, or there are so many. */
    final List<OpenDelivery> collect(
            int atMost, BooleanSupplier permitted, Supplier<@Nullable OpenDelivery> deliveries) {
        List<OpenDelivery> batch = new ArrayList<>(Math.max(0, Math.min(atMost, available())));
        while (batch.size() < atMost && permitted.getAsBoolean()) {
            OpenDelivery delivery = deliveries.get();
            if (delivery == null) {
                dispatch.gate().giveBack(lane.partition());
                break;
            }
            batch.add(delivery);
        }
        return batch;
    }

    private boolean isPermitted() {
        Gate gate = dispatch.gate();
        if (!gate.isLimited() || gate.pass(lane.partition(), context.nanoTime())) {
            return true;
        }
        held = true;
        context.signal(); // for the poll thread to look at the time again
        return false;
    }

    /** Ends one call and begins another; null if the worker ends. */
    private @Nullable OpenDelivery take(@Nullable OpenDelivery done) {
        lock.lock();
        try {
            if (done != null) {
                busy--;
                calling--;
                returned(done);
            }
            OpenDelivery delivery = isStopped() || isFull() ? null : permitted();
            if (delivery == null) {
                active--;
            } else {
                busy++;
                calling++;
            }
            return delivery;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable OpenDelivery permitted() {
        Gate gate = dispatch.gate();
        if (!gate.isLimited()) {
            return next();
        }
        if (available() == 0 || !isPermitted()) {
            return null;
        }
        OpenDelivery delivery = next();
        if (delivery == null) {
            gate.giveBack(lane.partition());
        }
        return delivery;
    }

    /** Goes on once the consumer may be given records again. */
    final void startIfPermitted(long now) {
        long at = permittedAt(now);
        if (at != HandOut.NEVER && now - at >= 0) {
            held = false;
            start();
        }
    }

    /** When {@link #startIfPermitted} is wanted. */
    final long permittedAt() {
        return permittedAt(context.nanoTime());
    }

    /** By one look at the clock: a gate that is open now would not be yet, by an earlier one. */
    private long permittedAt(long now) {
        return held ? dispatch.gate().opensAt(lane.partition(), now) : HandOut.NEVER;
    }

    private boolean isFull() {
        if (calling + openBeyondCalls() < maxInFlight) {
            return false;
        }
        stalled = true;
        if (calling + openBeyondCalls() >= maxInFlight) {
            return true;
        }
        stalled = false;
        return false;
    }
}
