package io.mika.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands the records of a lane to the handler in offset order; one that is to be handed out again comes before any other.
 */
final class LaneRunner extends Runner implements HandOut {
    /** So much room is worth waking a thread; where fewer may be open at all, half of that, and at least one. */
    private static final int WORTH_A_TURN = 32;

    /** Where many may be open, this part of them. */
    private static final int PART_WORTH_A_TURN = 40;

    private final Attempt first;
    private final boolean remembers;
    private final int maxInFlight;
    private final int resumesAt;
    private final Queue<Chunk> inbox = new ConcurrentLinkedQueue<>();
    /** What is to be handed out again, before anything else of the lane. */
    private final Queue<WaitingRecord> again = new ConcurrentLinkedQueue<>();

    /** The chunk that is being handed out; the runner's own. */
    private @Nullable Chunk current;

    LaneRunner(Lane lane, Engine.Binding binding, LaneContext context, Dispatch dispatch) {
        super(lane, context, dispatch);
        this.first = Attempt.first(binding, dispatch.gate().outage());
        this.remembers = first.actsOnDeadline();
        this.maxInFlight = binding.options().maxInFlight();
        int room = Math.max(WORTH_A_TURN, maxInFlight / PART_WORTH_A_TURN);
        this.resumesAt = maxInFlight - Math.max(1, Math.min(maxInFlight / 2, room));
    }

    @Override
    public void enqueue(Chunk chunk) {
        inbox.add(chunk);
    }

    @Override
    public void activate() {
        leave(State.IDLE);
    }

    @Override
    public void again(WaitingRecord record) {
        again.add(record);
        activate();
    }

    @Override
    public void wake(long now) {
        long at = wakesAt(now);
        if (at != NEVER && now - at >= 0) {
            leave(isIn(State.HELD) ? State.HELD : State.BACKING_OFF);
        }
    }

    @Override
    public long wakesAt() {
        return wakesAt(context.nanoTime());
    }

    /** By one look at the clock: a gate that is open now would not be yet, by an earlier one. */
    private long wakesAt(long now) {
        if (isIn(State.HELD)) {
            return gate().opensAt(lane.partition(), now);
        }
        WaitingRecord next = isIn(State.BACKING_OFF) ? again.peek() : null;
        return next == null ? NEVER : next.due();
    }

    /**
     * Starts what should be running: the executor may have refused it, or there is less room than is worth a turn, and
     * nothing else may ever be settled.
     */
    @Override
    public void nudge() {
        startRefused();
        if (lane.late() < maxInFlight) {
            leave(State.STALLED);
        }
    }

    @Override
    public void roomFor(int open) {
        if (open <= resumesAt) {
            leave(State.STALLED);
        }
    }

    @Override
    public void stop() {
        stopRunning();
    }

    @Override
    public boolean isDisabled() {
        return !gate().isEnabled();
    }

    @Override
    public boolean hasProbes() {
        return gate().isInOutage() && !isIn(State.IDLE);
    }

    @Override
    public Duration ackDeadline() {
        return first.binding().options().ackDeadline();
    }

    @Override
    public @Nullable Thread handler() {
        return thread();
    }

    @Override
    public boolean isHandling() {
        return isRunning();
    }

    @Override
    boolean handOut() {
        while (!isStopped()) {
            if (!handOutAgain()) {
                return false;
            }
            Chunk chunk = current == null ? inbox.poll() : current;
            if (chunk == null) {
                enter(State.IDLE);
                if ((inbox.isEmpty() && again.isEmpty()) || !stay(State.IDLE)) {
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
            if (othersWait()) {
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
            if (!handOutAgain() || mustStop() || isHeld(chunk, index)) { // what comes again may leave no room
                return false;
            }
            ConsumerRecord<byte[], byte[]> record = chunk.record(index);
            chunk.handedTo(index + 1);
            if (record != null && chunk.state(index) == SettleState.OPEN) {
                calls.deliver(new OpenDelivery(chunk, index, record, first), remembers);
            }
        }
        return true;
    }

    /** Hands out again what is due; false if something is not, which everything behind it waits for. */
    private boolean handOutAgain() {
        for (WaitingRecord next = again.peek(); next != null; next = again.peek()) {
            if (mustStop()) {
                return false;
            }
            if (next.isWaiting() && context.nanoTime() - next.due() < 0) {
                enter(State.BACKING_OFF);
                context.signal(); // for the poll thread to look at the time again
                return false;
            }
            if (isHeld()) {
                return false;
            }
            again.remove();
            OpenDelivery delivery = next.take();
            if (delivery != null) {
                calls.deliver(delivery, true);
            }
        }
        return true;
    }

    /** What was settled before this assignment needs no permit. */
    private boolean isHeld(Chunk chunk, int index) {
        return gate().isLimited() && chunk.state(index) == SettleState.OPEN && isHeld();
    }

    /** Takes the permit for one record; true if there is none and the turn ends. */
    private boolean isHeld() {
        if (!gate().isLimited() || gate().pass(lane.partition(), context.nanoTime())) {
            return false;
        }
        enter(State.HELD);
        context.signal(); // for the poll thread to look at the time again
        // It may have been opened before anybody saw that we wait
        if (!gate().pass(lane.partition(), context.nanoTime())) {
            return true;
        }
        if (stay(State.HELD)) {
            return false;
        }
        gate().giveBack(lane.partition()); // the next turn is on its way, and takes one of its own
        return true;
    }

    private boolean mustStop() {
        return isStopped() || (lane.late() >= maxInFlight && stall());
    }

    /** True if it stalled; false if there is room again. */
    private boolean stall() {
        enter(State.STALLED);
        return lane.late() >= maxInFlight || !stay(State.STALLED);
    }
}
