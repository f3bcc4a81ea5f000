package io.mika.test.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

class ThreeNodesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aClusterOfThreeIsUsableWithOneNodeKilledAndWhenThatIsBack() throws Exception {
        try (TestBroker broker = TestBroker.builder()
                        .nodes(3)
                        .config("min.insync.replicas", "2")
                        .start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            assertThat(broker.pids()).hasSize(3);
            assertThat(broker.bootstrapServers().split(",")).hasSize(3);
            String topic = kafka.unique("replicated");
            kafka.admin()
                    .createTopics(List.of(new NewTopic(topic, 3, (short) 3)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            kafka.fill(topic, 3, 30, 10);
            awaitInSync(kafka.admin(), topic, 9);

            broker.kill(0);
            assertThat(broker.pids()).hasSize(2);
            assertThat(broker.isRunning()).isFalse();
            kafka.fill(topic, 3, 30, 10);
            assertThat(kafka.ends(topic, 3).values()).containsExactly(20L, 20L, 20L);
            assertThat(consumed(broker, topic, 60)).isEqualTo(60);

            broker.start();
            assertThat(broker.pids()).hasSize(3);
            awaitInSync(kafka.admin(), topic, 9);
        }
    }

    /** Each look is an answer of the brokers. */
    private static void awaitInSync(Admin admin, String topic, int replicas) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (inSync(admin, topic) != replicas) {
            assertThat(System.nanoTime()).as("replicas in sync in time").isLessThan(until);
        }
    }

    private static int inSync(Admin admin, String topic) throws Exception {
        Collection<TopicDescription> found = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .values();
        return found.stream()
                .flatMap(description -> description.partitions().stream())
                .mapToInt(partition -> partition.isr().size())
                .sum();
    }

    /** How many of so many a new group is given; the groups' own topics are replicated too. */
    private static int consumed(TestBroker broker, String topic, int wanted) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("group.id", "readers");
        properties.put("auto.offset.reset", "earliest");
        properties.put("key.deserializer", StringDeserializer.class);
        properties.put("value.deserializer", StringDeserializer.class);
        int seen = 0;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(List.of(topic));
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (seen < wanted && System.nanoTime() - until < 0) {
                seen += consumer.poll(Duration.ofMillis(200)).count();
            }
            consumer.commitSync(Duration.ofSeconds(30));
            assertThat(consumer.committed(Set.of(new TopicPartition(topic, 0)), Duration.ofSeconds(30)))
                    .hasSize(1);
        }
        return seen;
    }
}
