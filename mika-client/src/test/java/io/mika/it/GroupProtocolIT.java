package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.Settlement;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import io.mika.error.UnroutableFailureException;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds with either group protocol. */
@WithBroker
class GroupProtocolIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aSuccessorGoesOnWhereTheGroupStopped(GroupProtocol protocol, KafkaFixture kafka) {
        String topic = kafka.topic("resumed", 2);
        String group = kafka.group("resuming");
        kafka.fill(topic, 2, 100, 10);
        Queue<String> first = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = started(kafka, group, protocol, topic, acking(first))) {
            await().atMost(PATIENCE).until(() -> first.size() == 100);
        }
        kafka.fill(topic, 2, 50, 10);
        Queue<String> second = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = started(kafka, group, protocol, topic, acking(second))) {
            await().atMost(PATIENCE).until(() -> second.size() >= 50);
        }

        assertThat(second).hasSize(50).doesNotContainAnyElementsOf(first);
        assertThat(kafka.committedOffsets(group)).isEqualTo(kafka.ends(topic, 2));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void anOpenRecordHoldsTheCommitBackAndNothingElse(GroupProtocol protocol, KafkaFixture kafka) {
        String topic = kafka.topic("held", 1);
        String group = kafka.group("holding");
        kafka.fill(topic, 1, 5000, 10);
        Queue<String> acked = new ConcurrentLinkedQueue<>();
        Queue<Delivery> open = new ConcurrentLinkedQueue<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaClient client = started(kafka, group, protocol, topic, delivery -> {
            if (delivery.record().offset() == 7) {
                open.add(delivery);
            } else {
                acking(acked).handle(delivery);
            }
        })) {
            await().atMost(PATIENCE).until(() -> acked.size() == 4999);
            await().atMost(PATIENCE).until(() -> committed(kafka, group, partition) == 7);

            assertThat(open.remove().ack()).isEqualTo(Settlement.ACKED);
            await().atMost(PATIENCE).until(() -> committed(kafka, group, partition) == 5000);
        }
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void clientsComeAndGoUnderLoadAndNothingIsLostNorCommittedBackwards(GroupProtocol protocol, KafkaFixture kafka)
            throws Exception {
        comeAndGo(protocol, kafka, 4);
    }

    @Tag("campaign")
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void clientsComeAndGoTwentyTimes(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        comeAndGo(protocol, kafka, 20);
    }

    private void comeAndGo(GroupProtocol protocol, KafkaFixture kafka, int times) throws Exception {
        String topic = kafka.topic("busy", 4);
        String group = kafka.group("coming-and-going");
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean loaded = new AtomicBoolean(true);
        Thread load = new Thread(() -> {
            while (loaded.get()) {
                kafka.fill(topic, 4, 400, 20);
            }
        });
        load.start();
        CommitWatch watch = new CommitWatch(kafka, group);
        try (KafkaClient steady = started(kafka, group, protocol, topic, acking(seen));
                AutoCloseable watching = watch.begin()) {
            for (int i = 0; i < times; i++) {
                int before = seen.size();
                try (KafkaClient guest = started(kafka, group, protocol, topic, acking(seen))) {
                    guest.ready().get(60, TimeUnit.SECONDS);
                    await().atMost(PATIENCE).until(() -> seen.size() > before + 500);
                }
            }
            loaded.set(false);
            load.join();
            Map<TopicPartition, Long> ends = kafka.ends(topic, 4);
            long written = ends.values().stream().mapToLong(Long::longValue).sum();
            await().atMost(PATIENCE).until(() -> seen.size() == written);
            await().atMost(PATIENCE).until(() -> kafka.committedOffsets(group).equals(ends));
        } finally {
            loaded.set(false);
            load.join();
        }
        assertThat(watch.decreases()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aPartitionThatIsAddedBeginsAtItsEarliest(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("growing", 1);
        String group = kafka.group("growing");
        kafka.fill(topic, 1, 10, 10);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = builder(kafka, group, protocol)
                .startFrom(StartPosition.latest())
                .consumer(topic, acking(seen))
                .build()) {
            client.start();
            await().atMost(PATIENCE).until(() -> kafka.committedOffsets(group).equals(kafka.ends(topic, 1)));
            kafka.admin()
                    .createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            kafka.fill(topic, 2, 20, 10);
            await().atMost(PATIENCE).until(() -> seen.size() == 20);
        }
        assertThat(kafka.committedOffsets(group)).isEqualTo(kafka.ends(topic, 2));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aTopicThatWasMissingIsReadFromItsEarliestWhenItAppears(GroupProtocol protocol, KafkaFixture kafka)
            throws Exception {
        String topic = kafka.unique("missing");
        String group = kafka.group("patient");
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = builder(kafka, group, protocol)
                .startFrom(StartPosition.latest())
                .consumer(topic, acking(seen))
                .build()) {
            client.start();
            client.ready().get(60, TimeUnit.SECONDS);
            kafka.admin()
                    .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            kafka.fill(topic, 1, 10, 10);
            await().atMost(PATIENCE).until(() -> seen.size() == 10);
        }
    }

    @Test
    void aStartTimeAppliesByTime(KafkaFixture kafka) {
        String topic = kafka.topic("timed", 1);
        kafka.fill(topic, 1, 10, 10);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = builder(kafka, kafka.group("timed"), GroupProtocol.CLASSIC)
                .startFrom(StartPosition.at(Instant.now().plusSeconds(3600)))
                .consumer(topic, acking(seen))
                .build()) {
            client.start();
            await().atMost(PATIENCE)
                    .until(() -> kafka.committedOffsets(kafka.group("timed")).equals(kafka.ends(topic, 1)));
            kafka.fill(topic, 1, 5, 10);
            await().atMost(PATIENCE).until(() -> seen.size() == 5);
        }
    }

    @Test
    void aGroupWithoutAStartPositionFailsAndSaysWhatToSet(KafkaFixture kafka) {
        String topic = kafka.topic("startless", 1);
        KafkaClient client = builder(kafka, kafka.group("startless"), GroupProtocol.CLASSIC)
                .consumer(topic, Delivery::ack)
                .build();
        client.start();

        await().atMost(PATIENCE).until(client::isClosed);
        assertThat(client.close(Duration.ZERO).cause())
                .get()
                .isInstanceOf(ConfigException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("KAFKA_CONSUMER_START_FROM")
                .contains(topic);
    }

    @Test
    void aClientWithoutAGroupReadsEverythingAndCommitsNothing(KafkaFixture kafka) {
        String topic = kafka.topic("ungrouped", 3);
        kafka.fill(topic, 3, 30, 10);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .startFrom(StartPosition.earliest())
                .consumer(topic, acking(seen))
                .build()) {
            client.start();
            await().atMost(PATIENCE).until(() -> seen.size() == 30);
            assertThat(client.close(Duration.ofSeconds(10)).lastCommits()).isEmpty();
        }
    }

    @Test
    void aFailedDeliveryIsUnroutableAndStaysOpen(KafkaFixture kafka) {
        String topic = kafka.topic("failing", 1);
        String group = kafka.group("failing");
        kafka.fill(topic, 1, 1, 10);
        Queue<Delivery> handed = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = started(kafka, group, GroupProtocol.CLASSIC, topic, handed::add)) {
            await().atMost(PATIENCE).until(() -> !handed.isEmpty());
            Delivery delivery = handed.remove();

            assertThatThrownBy(() -> delivery.fail("no such customer").get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnroutableFailureException.class);
            assertThat(delivery.ack()).isEqualTo(Settlement.ACKED);
            await().atMost(PATIENCE).until(() -> committed(kafka, group, new TopicPartition(topic, 0)) == 1);
        }
    }

    private static KafkaClient.Builder builder(KafkaFixture kafka, String group, GroupProtocol protocol) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .groupProtocol(protocol)
                .consumerProperty("metadata.max.age.ms", 500);
    }

    private static KafkaClient started(
            KafkaFixture kafka, String group, GroupProtocol protocol, String topic, DeliveryHandler handler) {
        KafkaClient client = builder(kafka, group, protocol)
                .startFrom(StartPosition.earliest())
                .consumer(topic, handler)
                .build();
        client.start();
        return client;
    }

    private static DeliveryHandler acking(Collection<String> seen) {
        return delivery -> {
            seen.add(delivery.record().partition() + "@" + delivery.record().offset());
            delivery.ack();
        };
    }

    private static long committed(KafkaFixture kafka, String group, TopicPartition partition) {
        return kafka.committedOffsets(group).getOrDefault(partition, -1L);
    }

    /** Samples a group's committed offsets until closed, and keeps every decrease. */
    private static final class CommitWatch {
        private final KafkaFixture kafka;
        private final String group;
        private final List<String> decreases = new ArrayList<>();

        CommitWatch(KafkaFixture kafka, String group) {
            this.kafka = kafka;
            this.group = group;
        }

        AutoCloseable begin() {
            AtomicBoolean watching = new AtomicBoolean(true);
            Thread thread = new Thread(() -> watch(watching));
            thread.start();
            return () -> {
                watching.set(false);
                thread.join();
            };
        }

        private void watch(AtomicBoolean watching) {
            Map<TopicPartition, Long> highest = new ConcurrentHashMap<>();
            while (watching.get()) {
                kafka.committedOffsets(group).forEach((partition, offset) -> {
                    long before = highest.merge(partition, offset, Math::max);
                    if (offset < before) {
                        decreases.add(partition + ": " + before + " -> " + offset);
                    }
                });
            }
        }

        List<String> decreases() {
            return decreases;
        }
    }
}
