package io.mika.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The world goes on, and nothing goes wrong any more. */
final class Calm {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long TURN_NANOS = 100 * World.MILLI;

    private static final long QUIET_NANOS = 1_000 * World.MILLI;
    /** Short enough that nobody is thrown out of the group meanwhile. */
    private static final int LONGEST_QUIET = 4;

    private final World world;
    private final AtRest rest;
    /** Something happened in the last turn. */
    private boolean busy;
    /** So many turns before that, nothing. */
    private int quiet;

    Calm(World world, AtRest rest) {
        this.world = world;
        this.rest = rest;
    }

    void until(String otherwise, BooleanSupplier through) {
        until(otherwise, PATIENCE, through);
    }

    void until(String otherwise, Duration patience, BooleanSupplier through) {
        goOn(otherwise, patience, through, () -> {
            settle();
            quiet();
        });
    }

    /** As long as this, and a turn. */
    void goBy(Duration time) {
        long until = world.clock.nanos() + time.toNanos();
        until("time does not go by", () -> world.clock.nanos() > until);
    }

    /** Time goes no faster than it must. */
    void soon(String otherwise, Duration patience, BooleanSupplier through) {
        goOn(otherwise, patience, through, this::settle);
    }

    /** Nothing is settled late meanwhile. */
    void waitFor(String otherwise, BooleanSupplier through) {
        goOn(otherwise, PATIENCE, through, () -> {});
    }

    private void goOn(String otherwise, Duration patience, BooleanSupplier through, Runnable afterEachTurn) {
        long deadline = world.clock.nanos() + patience.toNanos();
        while (!through.getAsBoolean()) {
            if (world.clock.nanos() > deadline) {
                throw world.violate(otherwise + ": " + rest.state());
            }
            turn();
            afterEachTurn.run();
            world.check();
        }
    }

    private void settle() {
        for (int pending = world.pending.size(); pending > 0 && !world.pending.isEmpty(); pending--) {
            world.pending.settleOne();
            busy = true;
        }
    }

    /** Time goes faster: something waits for it. */
    private void quiet() {
        quiet = busy ? 0 : quiet + 1;
        if (quiet > 1) {
            world.clock.advance(Math.min(quiet - 1, LONGEST_QUIET) * QUIET_NANOS);
        }
    }

    /** Everybody does what there is to do, but settles nothing late. */
    void turn() {
        long before = world.clock.nanos();
        busy = false;
        world.kafka.runDue();
        for (Member member : new ArrayList<>(world.members)) {
            runAll(member.answers);
            if (member.maySteps()) {
                member.openSwitches();
                member.step();
            }
            runAll(member.tasks);
            member.senders.forEach(this::send);
            runAll(member.callbacks);
        }
        if (world.clock.nanos() - before < World.MILLI) {
            world.clock.advance(TURN_NANOS);
        }
    }

    private void runAll(List<Runnable> work) {
        while (!work.isEmpty()) {
            busy = true;
            work.remove(0).run();
        }
    }

    /** Once: one that reads again what waits goes on for as long as there is something. */
    private void send(SenderQueue sender) {
        if (sender.isReady()) {
            sender.runOne();
        }
    }
}
