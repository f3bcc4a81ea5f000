package io.mika.cli;

import io.mika.simulation.mutants.MutantRun;
import io.mika.simulation.mutants.MutantTable;
import io.mika.simulation.mutants.Mutants;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mika mutants}. Made and filled in by picocli. */
@Command(
        name = "mutants",
        mixinStandardHelpOptions = true,
        description = {
            "Breaks the library's engine on purpose, one rule at a time, and runs schedules until the simulation sees"
                    + " it. Needs a JDK, for each broken engine is compiled.",
            "Exit status 0 only when every mutant is caught."
        })
public final class MutantsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public MutantsCommand() {}

    /** {@inheritDoc} */
    @Override
    public Integer call() throws InterruptedException {
        Logging.silenceSimulatedClients();
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        out.println(MutantTable.head());
        List<MutantRun> runs = MutantRun.all(Mutants.all(), run -> {
            out.println(MutantTable.row(run));
            out.flush();
        });
        long caught = runs.stream().filter(MutantRun::isCaught).count();
        out.println(caught + " of " + runs.size() + " caught");
        out.flush();
        return caught == runs.size() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
