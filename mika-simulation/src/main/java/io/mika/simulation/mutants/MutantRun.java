package io.mika.simulation.mutants;

import io.mika.simulation.Judge;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long a mutant lived.
 *
 * @param mutant which
 * @param caughtBy the rule that it broke; null if it broke none within its budget
 * @param schedules how many were run
 */
public record MutantRun(Mutant mutant, @Nullable String caughtBy, int schedules) {
    /** The first seed that mutants are tried with. */
    public static final long FIRST_SEED = 1;

    /** Whether the simulation saw what is wrong. */
    public boolean isCaught() {
        return caughtBy != null;
    }

    /** Runs one schedule after another, until a rule breaks or the budget is spent. */
    public static MutantRun of(Mutant mutant) {
        LongFunction<@Nullable String> judge = judge(mutant);
        int schedules = 0;
        for (long seed = FIRST_SEED; schedules < mutant.budget(); seed++) {
            if (mutant.withoutFailureTopics() && !Judge.isWithoutFailureTopics(seed)) {
                continue;
            }
            schedules++;
            String violation = judge.apply(seed);
            if (violation != null) {
                return new MutantRun(mutant, violation, schedules);
            }
        }
        return new MutantRun(mutant, null, mutant.budget());
    }

    /** The message of the rule that one seed breaks on a mutant, or null. */
    public static @Nullable String of(Mutant mutant, long seed) {
        return judge(mutant).apply(seed);
    }

    /** What happens in the run of a seed that breaks a rule on a mutant. */
    public static String story(Mutant mutant, long seed) {
        return new MutantLoader(MutantCompiler.compile(mutant)).teller().apply(seed);
    }

    private static LongFunction<@Nullable String> judge(Mutant mutant) {
        return new MutantLoader(MutantCompiler.compile(mutant)).judge();
    }

    /**
     * Runs all of them on all processors.
     *
     * @param told of each when it is through, one after another, in their order
     * @throws InterruptedException when the waiting thread is interrupted
     */
    public static List<MutantRun> all(List<Mutant> mutants, Consumer<MutantRun> told) throws InterruptedException {
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), work -> {
                    Thread thread = new Thread(work, "mutants");
                    thread.setDaemon(true);
                    return thread;
                });
        try {
            List<Future<MutantRun>> runs = new ArrayList<>();
            for (Mutant mutant : mutants) {
                runs.add(threads.submit(() -> of(mutant)));
            }
            List<MutantRun> through = new ArrayList<>();
            for (Future<MutantRun> run : runs) {
                through.add(run.get());
                told.accept(run.get());
            }
            return through;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a mutant cannot be run: " + failed.getMessage(), failed);
        } finally {
            threads.shutdownNow();
        }
    }
}
