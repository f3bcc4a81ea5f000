package io.mika.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIGTERM = 143;
    private static final Pattern DATA = Pattern.compile("(?m)^Data in (.*), removed at the end$");

    @TempDir
    private Path folder;

    @Test
    void temporaryDataIsRemovedWhenItIsStopped() throws Exception {
        int port = freePort();
        try (JvmRun broker = new JvmRun(folder, "broker", "--port", Integer.toString(port))) {
            awaitReady(broker);
            assertThat(broker.out()).contains("Kafka listens on 127.0.0.1:" + port);
            Matcher data = DATA.matcher(broker.out());
            assertThat(data.find()).as(broker.out()).isTrue();
            assertThat(Path.of(data.group(1))).isDirectory();

            broker.terminate();

            assertThat(broker.awaitExit(30)).isEqualTo(SIGTERM);
            assertThat(Path.of(data.group(1))).doesNotExist();
        }
    }

    @Test
    void dataInAFolderThatWasAskedForIsTakenUpAgain() throws Exception {
        int port = freePort();
        Path data = folder.resolve("data");
        String[] command = {"broker", "--port", Integer.toString(port), "--data", data.toString()};
        try (JvmRun broker = new JvmRun(folder, command)) {
            awaitReady(broker);
            createTopic(port, "orders");
            broker.terminate();
            broker.awaitExit(30);
        }
        try (JvmRun broker = new JvmRun(Files.createDirectory(folder.resolve("again")), command)) {
            awaitReady(broker);
            assertThat(topics(port)).contains("orders");
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                JvmRun broker = new JvmRun(folder, "broker", "--port", Integer.toString(taken.getLocalPort()))) {
            assertThat(broker.awaitExit(30)).isEqualTo(1);

            assertThat(broker.out()).isEmpty();
            assertThat(broker.err()).contains("port " + taken.getLocalPort() + " is not free");
        }
    }

    private static void createTopic(int port, String name) throws Exception {
        try (Admin admin = admin(port)) {
            admin.createTopics(List.of(new NewTopic(name, 3, (short) 1))).all().get();
        }
    }

    private static Set<String> topics(int port) throws Exception {
        try (Admin admin = admin(port)) {
            return admin.listTopics().names().get();
        }
    }

    private static Admin admin(int port) {
        return Admin.create(Map.of("bootstrap.servers", "localhost:" + port));
    }

    private static void awaitReady(JvmRun broker) {
        await().atMost(PATIENCE).until(() -> {
            assertThat(broker.isAlive()).as(broker.err()).isTrue();
            return broker.out().contains("Ctrl-C");
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
