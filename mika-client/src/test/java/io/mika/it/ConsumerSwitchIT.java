package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A consumer that is disabled and enabled under load, on a real broker. */
@WithBroker
class ConsumerSwitchIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PARTITIONS = 6;

    private final Map<Integer, Queue<Long>> handled = new ConcurrentHashMap<>();
    private final Queue<String> rebalances = new ConcurrentLinkedQueue<>();
    private final LongAdder total = new LongAdder();

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void nothingIsLostAndNothingRebalances(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        switches(protocol, kafka, 20, 60_000);
    }

    @Tag("campaign")
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void nothingIsLostInAHundredTimes(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        switches(protocol, kafka, 100, 600_000);
    }

    private void switches(GroupProtocol protocol, KafkaFixture kafka, int times, int records) throws Exception {
        String topic = kafka.topic("switched", PARTITIONS);
        kafka.fill(topic, PARTITIONS, records, 100);
        int some = records / 2 / times;
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(kafka.group("switching"))
                .groupProtocol(protocol)
                .startFrom(StartPosition.earliest())
                .listener(rebalances())
                .consumer(topic, this::handle)
                .build()) {
            client.start();
            for (int i = 1; i <= times; i++) {
                int least = i * some;
                await().atMost(PATIENCE).until(() -> handled() >= least);
                client.disableConsumer(topic).get(30, TimeUnit.SECONDS);
                client.enableConsumer(topic).get(30, TimeUnit.SECONDS);
            }
            await().atMost(PATIENCE).until(() -> handled() >= records);
        }
        assertThat(rebalances).as("the first assignment, and no other").containsExactly("assigned");
        handled.forEach((partition, offsets) -> assertThat(List.copyOf(offsets))
                .as("partition %s, in order, none twice", partition)
                .isEqualTo(LongStream.range(0, records / PARTITIONS).boxed().toList()));
    }

    private ClientListener rebalances() {
        return new ClientListener() {
            @Override
            public void onAssigned(Set<TopicPartition> partitions) {
                rebalances.add("assigned");
            }

            @Override
            public void onRevoked(Set<TopicPartition> partitions) {
                if (handled() > 0 && !partitions.isEmpty()) {
                    rebalances.add("revoked while it ran");
                }
            }
        };
    }

    private void handle(Delivery delivery) {
        handled.computeIfAbsent(delivery.record().partition(), none -> new ConcurrentLinkedQueue<>())
                .add(delivery.record().offset());
        delivery.ack();
        total.increment();
    }

    private long handled() {
        return total.sum();
    }
}
