package io.mika.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which of what waits in a partition of the retry topic is written anew, behind all others, to wait there: what the
 * topic might delete before its time, and what lies so scattered among settled records that a commit cannot say any
 * more which these are. <i>Owned by the poll thread.</i>
 */
final class Parking {
    /** How often it looks for what waits for too long. */
    private static final long OLD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Lane lane;
    private final RetryConsumers consumers;
    private long lookedForOld;
    private boolean remembersTooLittle;

    Parking(Lane lane, RetryConsumers consumers, long now) {
        this.lane = lane;
        this.consumers = consumers;
        this.lookedForOld = now;
    }

    /** Whether the text of the last commit left out too much. */
    void remembersTooLittle(boolean now) {
        remembersTooLittle = now;
    }

    /** What is to be written anew now. */
    List<WaitingQueue.Parked> due(long now) {
        List<WaitingQueue.Parked> due = new ArrayList<>();
        if (now - lookedForOld >= OLD_NANOS) {
            lookedForOld = now;
            consumers.parksBefore().ifPresent(time -> due.add((offset, writtenAt) -> writtenAt < time));
        }
        if (remembersTooLittle) {
            due.add(lane.waiting().shorterHalf());
        }
        return due;
    }
}
