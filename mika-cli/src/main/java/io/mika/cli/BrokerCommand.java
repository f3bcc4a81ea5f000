package io.mika.cli;

import io.mika.test.broker.TestBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mika broker}. Made and filled in by picocli. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Runs a real Kafka broker for development, until it is stopped with Ctrl-C or SIGTERM.")
public final class BrokerCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "29092",
            description = "The port on localhost (default: ${DEFAULT-VALUE}, the default of KAFKA_BROKERS).")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where topics and offsets are kept; taken up again if there are any (default: a temporary"
                    + " folder, removed at the end).")
    private @Nullable Path data;

    /** For picocli. */
    public BrokerCommand() {}

    /** {@inheritDoc} */
    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        try (TestBroker broker = start()) {
            Thread stop = new Thread(broker::close, "mika-broker-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            out.println("Kafka listens on " + broker.bootstrapServers());
            out.println("Data in " + broker.dataFolder() + (data == null ? ", removed at the end" : ""));
            out.println("Ctrl-C stops it.");
            out.flush();
            while (broker.isRunning()) {
                Thread.sleep(LOOK.toMillis());
            }
        }
        throw new IllegalStateException("the broker ended by itself");
    }

    private TestBroker start() {
        TestBroker.Builder builder = TestBroker.builder().port(port);
        if (data != null) {
            builder.data(data.toAbsolutePath());
        }
        return builder.start();
    }
}
