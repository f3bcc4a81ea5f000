package io.mika.test.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker, or a cluster of three, in child JVMs with a class path of their own, on loopback.
 *
 * <p>Can be killed, frozen and started again on the same data and ports. It is gone when the JVM that started it is,
 * whatever ended that. Its time-outs are low: a killed group member is replaced in about a second. <i>Thread-safe.</i>
 *
 * <pre>{@code
 * try (TestBroker broker = TestBroker.builder().start()) {
 *     connect(broker.bootstrapServers());
 *     broker.kill();
 *     broker.start();
 * }
 * }</pre>
 */
public final class TestBroker implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    private final List<BrokerNode> nodes;
    private final String bootstrapServers;
    private final Path data;
    private final boolean temporary;
    private final @Nullable Credentials credentials;
    private final Thread onExit = new Thread(this::killAll, "mika-broker-exit");

    private TestBroker(
            List<BrokerNode> nodes,
            String bootstrapServers,
            Path data,
            boolean temporary,
            @Nullable Credentials credentials) {
        this.nodes = nodes;
        this.bootstrapServers = bootstrapServers;
        this.data = data;
        this.temporary = temporary;
        this.credentials = credentials;
    }

    /** Begins a broker: one node, free ports, temporary data, unless the builder is told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where clients connect: {@code 127.0.0.1:port}, one entry a node. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Where the data is. */
    public Path dataFolder() {
        return data;
    }

    /** Whether every node's process runs, frozen or not. */
    public boolean isRunning() {
        return nodes.stream().allMatch(BrokerNode::isRunning);
    }

    /** The process ids of the nodes that run. */
    public List<Long> pids() {
        return nodes.stream().filter(BrokerNode::isRunning).map(BrokerNode::pid).toList();
    }

    /**
     * Starts the nodes that do not run, on the data and ports they had, and waits until the cluster answers.
     *
     * @throws IllegalStateException with the end of the broker's log, if it does not within a minute
     */
    public TestBroker start() {
        nodes.forEach(BrokerNode::start);
        Readiness.await(this, nodes, credentials, READY_TIMEOUT);
        return this;
    }

    /** Stops all nodes in order, as an operator would. Blocks until they are gone. */
    public void stop() {
        nodes.forEach(BrokerNode::stop);
    }

    /** Kills all nodes (SIGKILL). Blocks until they are gone. */
    public void kill() {
        nodes.forEach(BrokerNode::kill);
    }

    /** Kills one node, counted from 0. */
    public void kill(int node) {
        nodes.get(node).kill();
    }

    /** Stops all nodes in the middle of whatever they do (SIGSTOP): connections stay open and nobody answers. */
    public void freeze() {
        nodes.forEach(BrokerNode::freeze);
    }

    /** Freezes one node, counted from 0. */
    public void freeze(int node) {
        nodes.get(node).freeze();
    }

    /** Lets frozen nodes go on (SIGCONT). */
    public void thaw() {
        nodes.forEach(BrokerNode::thaw);
    }

    /** Kills the broker and removes its data if that was temporary. Idempotent. */
    @Override
    public void close() {
        killAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException exiting) {
            return; // called by a shutdown hook
        }
        if (temporary && data.toFile().exists()) {
            Folders.delete(data);
        }
    }

    private void killAll() {
        nodes.forEach(BrokerNode::kill);
        if (temporary && data.toFile().exists()) {
            Folders.delete(data);
        }
    }

    /** The user that clients of a broker with SASL log in as. */
    record Credentials(String user, String password) {}

    /** What a broker is to be like. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private int nodes = 1;
        private int port;
        private @Nullable Path data;
        private boolean fullSpeed;
        private @Nullable Credentials credentials;

        private Builder() {}

        /** How many nodes: 1, the default, or 3. */
        public Builder nodes(int count) {
            if (count != 1 && count != 3) {
                throw new IllegalArgumentException("nodes: " + count + " is not 1 or 3");
            }
            nodes = count;
            return this;
        }

        /** The port of the first node; a free one by default. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** A folder for the data, which is kept; by default a temporary one. */
        public Builder data(Path folder) {
            data = folder;
            return this;
        }

        /** Whether a topic is created when somebody asks for it. False by default, unlike Kafka's: tests name theirs. */
        public Builder autoCreateTopics(boolean create) {
            return config("auto.create.topics.enable", Boolean.toString(create));
        }

        /** Any setting of the broker, before the defaults. */
        public Builder config(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Clients log in with SASL/PLAIN, as this user. */
        public Builder saslPlain(String user, String password) {
            credentials = new Credentials(user, password);
            return this;
        }

        /** A broker for benchmarks: the full compiler and 1 GiB of heap, at the price of a slower start. */
        public Builder fullSpeed() {
            fullSpeed = true;
            return this;
        }

        /** Starts it, and waits until it answers. */
        public TestBroker start() {
            TestBroker broker = build();
            Runtime.getRuntime().addShutdownHook(broker.onExit);
            try {
                return broker.start();
            } catch (RuntimeException failed) {
                broker.close();
                throw failed;
            }
        }

        private TestBroker build() {
            Path folder = data == null ? Folders.temporary() : data;
            List<NodePorts> ports = NodePorts.choose(nodes, port);
            String clusterId = NodeProperties.clusterId(folder.resolve("node-0"))
                    .orElseGet(() -> Uuid.randomUuid().toString());
            List<BrokerNode> all = new ArrayList<>();
            for (int id = 0; id < nodes; id++) {
                Path own = folder.resolve("node-" + id);
                all.add(new BrokerNode(
                        clusterId, own, jvmFlags(), NodeProperties.of(id, ports, own, credentials, settings)));
            }
            String servers =
                    ports.stream().map(each -> "127.0.0.1:" + each.client()).collect(Collectors.joining(","));
            return new TestBroker(all, servers, folder, data == null, credentials);
        }

        private List<String> jvmFlags() {
            return fullSpeed
                    ? List.of("-Xmx1g", "-XX:+UseParallelGC")
                    : List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");
        }
    }
}
