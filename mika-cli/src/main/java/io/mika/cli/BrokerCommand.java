package io.mika.cli;

import io.mika.test.broker.TestBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

    /** Then the broker, which ends with this JVM, has not ended by itself. */
    private volatile boolean stopping;

    /** For picocli. */
    public BrokerCommand() {}

    /** {@inheritDoc} */
    @Override
    public Integer call() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true, "mika-broker-stopping"));
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        try (TestBroker broker = start()) {
            out.println("Kafka listens on " + broker.bootstrapServers());
            out.println("Data in " + broker.dataFolder() + (data == null ? ", removed at the end" : ""));
            out.println("Ctrl-C stops it.");
            out.flush();
            while (stopping || broker.isRunning()) {
                Thread.sleep(LOOK.toMillis());
            }
        }
        throw new IllegalStateException("the broker ended by itself");
    }

    private TestBroker start() {
        checkPort();
        TestBroker.Builder builder = TestBroker.builder().port(port).autoCreateTopics(true);
        if (data != null) {
            builder.data(data.toAbsolutePath());
        }
        return builder.start();
    }

    /** Else one would seem to be ready, because whoever has the port may answer. */
    private void checkPort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException taken) {
            throw new UncheckedIOException("port " + port + " is not free; --port takes another one", taken);
        }
    }
}
