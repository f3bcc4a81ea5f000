package io.mika.test.broker;

import io.mika.test.broker.TestBroker.Credentials;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;

/** Waits until a cluster answers with all its nodes. */
final class Readiness {
    private static final int ASK_MILLIS = 1000;

    private Readiness() {}

    static void await(TestBroker broker, List<BrokerNode> nodes, @Nullable Credentials sasl, Duration timeout) {
        long until = System.nanoTime() + timeout.toNanos();
        try (Admin admin = Admin.create(properties(broker, sasl))) {
            while (!answers(admin, nodes.size())) {
                for (BrokerNode node : nodes) {
                    if (!node.isRunning()) {
                        throw new IllegalStateException("the broker ended at its start; its log:\n" + node.logTail());
                    }
                }
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("the broker is not ready after " + timeout.toSeconds()
                            + " s; its log:\n" + nodes.get(0).logTail());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker starts", interrupted);
        }
    }

    private static Map<String, Object> properties(TestBroker broker, @Nullable Credentials sasl) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("reconnect.backoff.ms", 50);
        properties.put("reconnect.backoff.max.ms", 100);
        properties.put("default.api.timeout.ms", ASK_MILLIS);
        properties.put("request.timeout.ms", ASK_MILLIS);
        if (sasl != null) {
            properties.put("security.protocol", "SASL_PLAINTEXT");
            properties.put("sasl.mechanism", "PLAIN");
            properties.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + sasl.user()
                            + "\" password=\"" + sasl.password() + "\";");
        }
        return properties;
    }

    private static boolean answers(Admin admin, int nodes) throws InterruptedException {
        try {
            int seen = admin.describeCluster(new DescribeClusterOptions().timeoutMs(ASK_MILLIS))
                    .nodes()
                    .get(2L * ASK_MILLIS, TimeUnit.MILLISECONDS)
                    .size();
            return seen == nodes;
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        }
    }
}
