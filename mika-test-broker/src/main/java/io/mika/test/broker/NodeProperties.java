package io.mika.test.broker;

import io.mika.test.broker.TestBroker.Credentials;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The broker's settings. */
final class NodeProperties {
    private NodeProperties() {}

    /** The id of the cluster that the data in a node's folder belongs to. */
    static Optional<String> clusterId(Path folder) {
        Path written = log(folder).resolve("meta.properties");
        if (!Files.exists(written)) {
            return Optional.empty();
        }
        Properties meta = new Properties();
        try (Reader reader = Files.newBufferedReader(written)) {
            meta.load(reader);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read " + written, failed);
        }
        return Optional.ofNullable(meta.getProperty("cluster.id"));
    }

    private static Path log(Path folder) {
        return folder.resolve("log");
    }

    static Properties of(
            int id, List<NodePorts> ports, Path folder, @Nullable Credentials sasl, Map<String, String> settings) {
        Properties properties = new Properties();
        String protocol = sasl == null ? "PLAINTEXT" : "SASL_PLAINTEXT";
        NodePorts own = ports.get(id);
        properties.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(id),
                "controller.quorum.voters",
                voters(ports),
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                protocol + "://127.0.0.1:" + own.client() + ",CONTROLLER://127.0.0.1:" + own.controller(),
                "listener.security.protocol.map",
                protocol + ":" + protocol + ",CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                protocol,
                "log.dirs",
                log(folder).toString()));
        properties.putAll(replicated(Math.min(3, ports.size())));
        properties.putAll(quickGroups());
        properties.put("auto.create.topics.enable", "false");
        // A killed node may register again when its session is over: 9 s by Kafka's default
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "500");
        if (sasl != null) {
            properties.putAll(saslPlain(sasl));
        }
        properties.putAll(settings);
        return properties;
    }

    private static String voters(List<NodePorts> ports) {
        return IntStream.range(0, ports.size())
                .mapToObj(id -> id + "@127.0.0.1:" + ports.get(id).controller())
                .collect(Collectors.joining(","));
    }

    private static Map<String, String> replicated(int replicas) {
        String factor = Integer.toString(replicas);
        return Map.of(
                "offsets.topic.replication.factor", factor,
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", factor,
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "share.coordinator.state.topic.replication.factor", factor,
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "4");
    }

    /** A killed member is replaced in about a second. */
    private static Map<String, String> quickGroups() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "500",
                "group.consumer.min.session.timeout.ms", "500",
                "group.consumer.session.timeout.ms", "1000",
                "group.consumer.min.heartbeat.interval.ms", "100",
                "group.consumer.heartbeat.interval.ms", "200",
                "log.retention.check.interval.ms", "1000");
    }

    private static Map<String, String> saslPlain(Credentials sasl) {
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + sasl.user()
                + "\" password=\"" + sasl.password() + "\" user_" + sasl.user() + "=\"" + sasl.password() + "\";";
        return Map.of(
                "sasl.enabled.mechanisms", "PLAIN",
                "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config", login);
    }
}
