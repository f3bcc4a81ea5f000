package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A topic is deleted, and created again, under a client that consumes it. Half a minute, until it finds out. */
@Tag("campaign")
@WithBroker
class RecreatedTopicIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void nothingOfTheNewTopicIsPassedOver(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("again", 2);
        Set<String> handled = ConcurrentHashMap.newKeySet();
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(kafka.group("reading"))
                .groupProtocol(protocol)
                .startFrom(StartPosition.latest())
                .consumer(topic, delivery -> {
                    handled.add(Records.text(delivery.value()));
                    delivery.ack();
                })
                .build()) {
            client.start();
            client.ready().join();
            await().atMost(PATIENCE)
                    .until(() -> !kafka.committed(kafka.group("reading")).isEmpty());
            Records.publish(kafka, topic, IntStream.range(0, 100));
            await().atMost(PATIENCE).until(() -> handled.size() == 100);

            kafka.admin().deleteTopics(List.of(topic)).all().get();
            await().atMost(PATIENCE).until(() -> create(kafka, topic));
            Records.publish(kafka, topic, IntStream.range(100, 500)); // beyond the offsets of the old one

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).hasSize(500));
        }
    }

    /** False while the old one is on its way out. */
    private static boolean create(KafkaFixture kafka, String topic) throws Exception {
        try {
            kafka.admin()
                    .createTopics(List.of(new NewTopic(topic, 2, (short) 1)))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException failed) {
            assertThat(failed).hasCauseInstanceOf(TopicExistsException.class);
            return false;
        }
    }
}
