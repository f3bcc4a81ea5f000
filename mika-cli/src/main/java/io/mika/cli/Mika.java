package io.mika.cli;

import io.mika.cli.demo.DemoCommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code mika} command. */
@Command(
        name = "mika",
        mixinStandardHelpOptions = true,
        versionProvider = Mika.Version.class,
        description = "Kafka as a message broker: ack or fail, record by record.",
        subcommands = {DemoCommand.class, BrokerCommand.class, SimulateCommand.class, MutantsCommand.class})
public final class Mika implements Runnable {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log to standard error what the clients do.")
    private boolean verbose;

    @Spec
    private @Nullable CommandSpec spec;

    private Mika() {}

    /** Without a command: a usage error. */
    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec, "picocli sets it").commandLine(),
                "Which command? There are demo, broker, simulate and mutants.");
    }

    /**
     * Runs a command and ends the JVM with its exit status.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        Mika mika = new Mika();
        CommandLine.IExecutionStrategy runLast = new CommandLine.RunLast();
        return new CommandLine(mika)
                .setExecutionStrategy(parsed -> {
                    Logging.configure(mika.verbose);
                    return runLast.execute(parsed);
                })
                .setExecutionExceptionHandler((thrown, command, parsed) -> {
                    report(thrown, command, mika.verbose);
                    return ExitCode.SOFTWARE;
                });
    }

    private static void report(Exception thrown, CommandLine command, boolean verbose) {
        command.getErr().println("mika " + command.getCommandName() + ": " + thrown.getMessage());
        if (verbose) {
            thrown.printStackTrace(command.getErr());
        }
        command.getErr().flush();
    }

    /** Read from the jar; classes that were never put into one are a development version. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Mika.class.getPackage().getImplementationVersion();
            return new String[] {"MiKa for Java " + (version == null ? "(development)" : version)};
        }
    }
}
