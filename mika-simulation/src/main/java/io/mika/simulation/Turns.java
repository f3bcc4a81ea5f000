package io.mika.simulation;

/** The turns of a poll thread, each of which waits for something or does something. */
final class Turns {
    /** So many may follow each other that do neither. */
    private static final int MOST_IDLE = 50;

    private final World world;
    private int idle;
    private long notedBefore;
    private long notedAfterLast;

    Turns(World world) {
        this.world = world;
    }

    void begins() {
        notedBefore = world.noted;
    }

    /** A turn has ended that began then; whether there were too many that did nothing. */
    boolean isSpinning(long began) {
        boolean waited = world.clock.nanos() - began >= World.MILLI;
        boolean anythingHappened = world.noted != notedBefore || notedBefore != notedAfterLast;
        idle = waited || anythingHappened ? 0 : idle + 1;
        notedAfterLast = world.noted;
        return idle > MOST_IDLE;
    }
}
