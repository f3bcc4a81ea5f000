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
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Brokers that die, hang or refuse. */
class BrokerFaultIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aClientGoesOnByItselfWhenItsBrokerComesBack(GroupProtocol protocol) {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("orders", 2);
            kafka.fill(topic, 2, 200, 10);
            Set<String> seen = ConcurrentHashMap.newKeySet();
            try (KafkaClient client = consuming(kafka, protocol, topic, seen)) {
                client.start();
                await().atMost(PATIENCE).until(() -> seen.size() == 200);

                broker.kill();
                broker.start();
                kafka.fill(topic, 2, 200, 10);

                await().atMost(PATIENCE).until(() -> seen.size() == 400);
                // Before closing: a session that ended meanwhile takes the partitions, and closing waits for no others
                await().atMost(PATIENCE)
                        .until(() -> kafka.committedOffsets("billing").equals(kafka.ends(topic, 2)));
                client.close(Duration.ofSeconds(20));
            }
            assertThat(kafka.committedOffsets("billing")).containsEntry(new TopicPartition(topic, 0), 200L);
        }
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void closeReturnsByItsDeadlineWhileTheBrokerHangs(GroupProtocol protocol) {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("orders", 1);
            kafka.fill(topic, 1, 10, 10);
            Queue<Delivery> open = new ConcurrentLinkedQueue<>();
            KafkaClient client = KafkaClient.builder(name -> null)
                    .brokers(kafka.bootstrapServers())
                    .group("billing")
                    .groupProtocol(protocol)
                    .startFrom(StartPosition.earliest())
                    .consumer(topic, open::add)
                    .build();
            client.start();
            await().atMost(PATIENCE).until(() -> open.size() == 10);

            broker.freeze();
            long before = System.nanoTime();
            CloseReport report = client.close(Duration.ofSeconds(2));
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            broker.thaw();

            assertThat(took).isLessThan(Duration.ofMillis(2500));
            assertThat(report.drained()).isFalse();
            assertThat(report.leftGroup()).isFalse();
            assertThat(report.abandoned()).hasSize(10);
        }
    }

    @Test
    void aWrongPasswordIsReportedAndNotShown() {
        try (TestBroker broker =
                TestBroker.builder().saslPlain("alice", "right-one").start()) {
            Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
            try (KafkaClient client = KafkaClient.builder(name -> null)
                    .brokers(broker.bootstrapServers())
                    .sasl(Sasl.plain("alice", "wrong-one"))
                    .group("billing")
                    .startFrom(StartPosition.earliest())
                    .consumer("orders", Delivery::ack)
                    .listener(new ClientListener() {
                        @Override
                        public void onError(Throwable error) {
                            errors.add(error);
                        }
                    })
                    .build()) {
                client.start();
                await().atMost(PATIENCE)
                        .until(() ->
                                errors.stream().anyMatch(error -> bears(error, SaslAuthenticationException.class)));
                client.close(Duration.ofSeconds(2));
            }
            assertThat(errors.toString()).doesNotContain("wrong-one");
        }
    }

    private static boolean bears(Throwable error, Class<? extends Throwable> cause) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (cause.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static KafkaClient consuming(KafkaFixture kafka, GroupProtocol protocol, String topic, Set<String> seen) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group("billing")
                .groupProtocol(protocol)
                .startFrom(StartPosition.earliest())
                .consumer(topic, delivery -> {
                    seen.add(delivery.record().partition() + "@"
                            + delivery.record().offset());
                    delivery.ack();
                })
                .build();
    }
}
