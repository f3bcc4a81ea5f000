package io.mika.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mika demo}. Made and filled in by picocli. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Publishes orders to a real broker of its own, consumes them with several clients of one group, of which"
                    + " one joins late and one is closed half-way. Some fail on purpose: they are retried, or end in the"
                    + " dead letter queue. Accounts for every record.",
            "Exit status 0 only when nothing is lost."
        })
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--records",
            paramLabel = "N",
            description =
                    "How many records are published, over all topics (default: " + DemoPlan.DEFAULT_RECORDS + ").")
    private @Nullable Long records;

    @Option(names = "--seconds", paramLabel = "N", description = "For how long records are published, instead.")
    private @Nullable Long seconds;

    @Option(
            names = "--fail-rate",
            paramLabel = "R",
            description = "Which part of the records fails, from 0 to 1 (default: " + DemoPlan.DEFAULT_FAIL_RATE + ").")
    private double failRate = DemoPlan.DEFAULT_FAIL_RATE;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    /** For picocli. */
    public DemoCommand() {}

    /** {@inheritDoc} */
    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        CommandSpec command = spec();
        PrintWriter err = command.commandLine().getErr();
        DemoResult result = new Demo(plan(), new Screen(err, Boolean.getBoolean(Screen.TERMINAL_PROPERTY))).run();
        PrintWriter out = command.commandLine().getOut();
        out.println(json ? result.json() : result.text());
        out.flush();
        return result.reconciliation().isComplete() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    DemoPlan plan() {
        if (records != null && seconds != null) {
            throw new ParameterException(spec().commandLine(), "--records and --seconds exclude each other");
        }
        if (!(failRate >= 0 && failRate <= 1)) {
            throw new ParameterException(spec().commandLine(), "--fail-rate: " + failRate + " is not from 0 to 1");
        }
        if (seconds != null) {
            return new DemoPlan(0, Duration.ofSeconds(positive("--seconds", seconds)), failRate);
        }
        long count = positive("--records", records == null ? DemoPlan.DEFAULT_RECORDS : records);
        return new DemoPlan(count, null, failRate);
    }

    private long positive(String option, long value) {
        if (value < 1) {
            throw new ParameterException(spec().commandLine(), option + ": " + value + " is not 1 or more");
        }
        return value;
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("Only picocli runs this command");
        }
        return spec;
    }
}
