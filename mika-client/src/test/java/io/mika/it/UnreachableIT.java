package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.GroupProtocol;
import io.mika.env.Sasl;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.test.broker.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Brokers that are not there when a client starts, and the login that lets it in. */
class UnreachableIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders";

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aClientWithoutABrokerSaysSoAndClosesByItsDeadline(GroupProtocol protocol) throws IOException {
        KafkaClient client = client("127.0.0.1:" + freePort(), protocol).build();
        client.start();
        await().atMost(PATIENCE).until(() -> !errors.isEmpty());
        assertThat(client.isClosed()).isFalse();
        assertThat(client.ready()).isNotDone();

        long before = System.nanoTime();
        CloseReport report = client.close(Duration.ofSeconds(2));
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertThat(took).isLessThan(Duration.ofMillis(2500));
        assertThat(report.isFinal()).isTrue();
        assertThat(report.cause()).isEmpty();
        assertThat(client.ready()).isCompletedExceptionally();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aClientThatWasThereBeforeItsBrokerGoesToWorkWhenThatComes(GroupProtocol protocol) throws Exception {
        int port = freePort();
        try (KafkaClient client = client("127.0.0.1:" + port, protocol).build()) {
            client.start();
            await().atMost(PATIENCE).until(() -> !errors.isEmpty());

            try (TestBroker broker = TestBroker.builder().port(port).start()) {
                create(broker, Map.of());
                client.publish(new ProducerRecord<>(TOPIC, new byte[] {1})).get(60, TimeUnit.SECONDS);
                await().atMost(PATIENCE).until(() -> handled.size() == 1);
                client.close(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void theRightPasswordLetsAClientIn() throws Exception {
        try (TestBroker broker =
                TestBroker.builder().saslPlain("alice", "right-one").start()) {
            create(
                    broker,
                    Map.of(
                            "security.protocol",
                            "SASL_PLAINTEXT",
                            "sasl.mechanism",
                            "PLAIN",
                            "sasl.jaas.config",
                            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                    + " username=\"alice\" password=\"right-one\";"));
            try (KafkaClient client = client(broker.bootstrapServers(), GroupProtocol.CLASSIC)
                    .sasl(Sasl.plain("alice", "right-one"))
                    .build()) {
                client.start();
                client.publish(new ProducerRecord<>(TOPIC, new byte[] {1})).get(60, TimeUnit.SECONDS);
                await().atMost(PATIENCE).until(() -> handled.size() == 1);

                CloseReport report = client.close(Duration.ofSeconds(10));
                assertThat(report.drained()).isTrue();
                assertThat(report.leftGroup()).isTrue();
            }
            assertThat(errors).isEmpty();
        }
    }

    private static void create(TestBroker broker, Map<String, Object> login) throws Exception {
        Map<String, Object> properties = new HashMap<>(login);
        properties.put("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private KafkaClient.Builder client(String brokers, GroupProtocol protocol) {
        return KafkaClient.builder(name -> null)
                .brokers(brokers)
                .group("billing")
                .groupProtocol(protocol)
                .startFrom(StartPosition.earliest())
                .consumerProperty("metadata.max.age.ms", 500)
                .property("default.api.timeout.ms", 2000) // the first error comes when the first look-up is given up
                .property("request.timeout.ms", 2000)
                .consumer(TOPIC, this::handle)
                .listener(new ClientListener() {
                    @Override
                    public void onError(Throwable error) {
                        errors.add(error);
                    }
                });
    }

    private void handle(Delivery delivery) {
        handled.add(delivery.topic());
        delivery.ack();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
