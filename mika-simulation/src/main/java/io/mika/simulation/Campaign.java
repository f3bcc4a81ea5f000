package io.mika.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Many runs, one for each of the seeds that follow each other, on all processors: each run has one thread and a world of
 * its own. <i>For one thread</i>, which waits until all are through.
 */
public final class Campaign {
    /** So many broken runs tell enough. */
    private static final int MOST_FAILURES = 10;
    /** What a worker does between two looks at the others. */
    private static final int PORTION = 50;

    /**
     * How it went.
     *
     * @param took real time
     * @param failures messages of broken rules, by seed; at most ten are looked for
     */
    public record Result(Tally tally, Duration took, TreeMap<Long, String> failures) {
        /** Schedules per second. */
        public double rate() {
            return tally.schedules() * 1e9 / Math.max(1, took.toNanos());
        }

        /** Whether every rule was kept in every run. */
        public boolean isClean() {
            return failures.isEmpty();
        }
    }

    private final long firstSeed;
    private final long schedules;
    private final TreeMap<Long, String> failures = new TreeMap<>();
    private final Object turn = new Object();
    private final Consumer<Tally> progress;
    private final AtomicInteger failed = new AtomicInteger();
    private Tally tally = Tally.NONE;
    private long next;

    private Campaign(long firstSeed, long schedules, Consumer<Tally> progress) {
        this.firstSeed = firstSeed;
        this.schedules = schedules;
        this.progress = progress;
    }

    /**
     * Runs {@code firstSeed} to {@code firstSeed + schedules - 1}.
     *
     * @param progress is told now and then how far it is, on any thread, but on one at a time
     * @throws InterruptedException when the waiting thread is interrupted; the runs under way end soon
     */
    public static Result run(long firstSeed, long schedules, Consumer<Tally> progress) throws InterruptedException {
        return new Campaign(firstSeed, schedules, progress).run();
    }

    private Result run() throws InterruptedException {
        long began = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread worker = new Thread(this::work, "simulation-" + i);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } finally {
            stop();
        }
        return new Result(tally, Duration.ofNanos(System.nanoTime() - began), failures);
    }

    private void stop() {
        synchronized (turn) {
            next = schedules;
        }
    }

    private long takePortion() {
        synchronized (turn) {
            long taken = next;
            next = Math.min(schedules, next + PORTION);
            return taken;
        }
    }

    private void work() {
        for (long from = takePortion(); from < schedules && failed.get() < MOST_FAILURES; from = takePortion()) {
            Tally done = Tally.NONE;
            for (long i = from; i < Math.min(schedules, from + PORTION); i++) {
                Simulation.Outcome outcome = Simulation.run(firstSeed + i, false);
                done = done.plus(outcome.tally());
                note(firstSeed + i, outcome);
            }
            synchronized (turn) {
                tally = tally.plus(done);
                progress.accept(tally);
            }
        }
    }

    private void note(long seed, Simulation.Outcome outcome) {
        Violation violation = outcome.violation();
        if (violation != null) {
            failed.incrementAndGet();
            synchronized (failures) {
                failures.put(seed, String.valueOf(violation.getMessage()));
            }
        }
    }
}
