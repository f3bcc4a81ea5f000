package io.mika.cli;

import io.mika.simulation.Campaign;
import io.mika.simulation.Story;
import io.mika.simulation.Tally;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mika simulate}. Made and filled in by picocli. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the library's engine on a simulated broker, in virtual time, with everything that can go wrong drawn"
                    + " from a seed: one schedule for each seed.",
            "Exit status 0 only when every schedule keeps every rule; else the first one that does not is told, in the"
                    + " few events that it takes."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final int SEEDS = 1_000_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--schedules",
            paramLabel = "N",
            defaultValue = "20000",
            description = "How many (default: ${DEFAULT-VALUE}).")
    private long schedules;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The first seed; the others follow it (default: a new one each time).")
    private @Nullable Long seed;

    @Option(names = "--history", description = "Print all that happens in the schedule of the seed, and nothing else.")
    private boolean history;

    /** For picocli. */
    public SimulateCommand() {}

    /** {@inheritDoc} */
    @Override
    public Integer call() throws InterruptedException {
        Logging.silenceSimulatedClients();
        if (schedules < 1) {
            throw new ParameterException(spec().commandLine(), "--schedules: " + schedules + " is not 1 or more");
        }
        PrintWriter out = spec().commandLine().getOut();
        long first = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
        if (history) {
            out.println(Story.of(first));
            out.flush();
            return ExitCode.OK;
        }
        out.printf("%,d schedules from seed %d%n", schedules, first);
        out.flush();
        return tell(
                Campaign.run(first, schedules, new Watch(spec().commandLine().getErr())::look), out);
    }

    private static int tell(Campaign.Result result, PrintWriter out) {
        Tally tally = result.tally();
        out.printf(
                "%,d schedules in %,.1f s, %,.0f a second: %,d events, %,d clients, %,d deliveries, %,d passed"
                        + " over as settled before, %,d commits, %,d written anew, %,d hours of virtual time%n",
                tally.schedules(),
                result.took().toMillis() / 1000.0,
                result.rate(),
                tally.events(),
                tally.members(),
                tally.deliveries(),
                tally.passedOver(),
                tally.commits(),
                tally.copies(),
                Duration.ofMillis(tally.virtualMillis()).toHours());
        if (result.isClean()) {
            out.println("Every rule was kept.");
        } else {
            result.failures().forEach((broken, rule) -> out.printf("seed %d: %s%n", broken, rule));
            out.println();
            out.print(Story.ofBroken(result.failures().firstKey()));
        }
        out.flush();
        return result.isClean() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec, "picocli sets it");
    }

    /** Says on standard error how far it is, for those that wait. Called by one thread at a time. */
    private static final class Watch {
        private static final long BETWEEN = 200_000;

        private final PrintWriter err;
        private long told;

        Watch(PrintWriter err) {
            this.err = err;
        }

        void look(Tally tally) {
            if (tally.schedules() - told >= BETWEEN) {
                told = tally.schedules();
                err.printf("%,d schedules%n", told);
                err.flush();
            }
        }
    }
}
