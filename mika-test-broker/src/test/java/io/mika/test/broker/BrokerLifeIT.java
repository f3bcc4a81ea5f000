package io.mika.test.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLifeIT {
    @Test
    void aKilledBrokerComesBackWithItsRecordsOnItsPort() {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("kept", 1);
            kafka.produce(topic, "k", "v");
            String servers = broker.bootstrapServers();

            broker.kill();
            assertThat(broker.isRunning()).isFalse();
            broker.start();

            assertThat(broker.bootstrapServers()).isEqualTo(servers);
            assertThat(kafka.ends(topic, 1)).isEqualTo(Map.of(new TopicPartition(topic, 0), 1L));
        }
    }

    @Test
    void aLaterBrokerTakesUpTheDataOfAnEarlierOne(@TempDir Path data) {
        String topic;
        try (TestBroker broker = TestBroker.builder().data(data).start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            topic = kafka.topic("kept", 1);
            kafka.produce(topic, "k", "v");
            broker.stop();
        }
        try (TestBroker broker = TestBroker.builder().data(data).start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            assertThat(kafka.ends(topic, 1)).isEqualTo(Map.of(new TopicPartition(topic, 0), 1L));
        }
    }

    @Test
    void aFrozenBrokerDoesNotAnswerUntilItIsThawed() {
        Map<String, Object> impatient = Map.of("default.api.timeout.ms", 1000, "request.timeout.ms", 1000);
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture patient = new KafkaFixture(broker)) {
            Map<String, Object> properties = new HashMap<>(impatient);
            properties.put("bootstrap.servers", broker.bootstrapServers());
            broker.freeze();
            try (Admin admin = Admin.create(properties)) {
                assertThat(admin.describeCluster().nodes().toCompletionStage()).failsWithin(20, TimeUnit.SECONDS);
            }
            broker.thaw();
            assertThat(patient.ends(patient.topic("thawed", 1), 1)).hasSize(1);
        }
    }

    @Test
    void aBrokerIsGoneWhenTheJvmThatStartedItIsKilled(@TempDir Path data) throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long child = Long.parseLong(parent.inputReader().readLine());
        ProcessHandle broker = ProcessHandle.of(child).orElseThrow();

        parent.destroyForcibly();

        assertThat(broker.onExit()).succeedsWithin(20, TimeUnit.SECONDS);
    }

    /** Starts a broker, tells its process id, and waits to be killed. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            TestBroker broker = TestBroker.builder().data(Path.of(args[0])).start();
            List<Long> pids = broker.pids();
            System.out.println(pids.get(0));
            Thread.currentThread().join();
        }
    }
}
