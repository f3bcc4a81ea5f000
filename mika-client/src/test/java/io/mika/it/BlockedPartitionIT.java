package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Ordering;
import io.mika.env.StartPosition;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The handler of one record, on one of six partitions, does not return; records go on coming. */
@WithBroker
class BlockedPartitionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 6;
    private static final int KEYS = 60;

    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<String> handled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger published = new AtomicInteger();

    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"PARTITION", "KEY"})
    void itHoldsUpNoOther(Ordering ordering, KafkaFixture kafka) {
        block(ordering, Duration.ofSeconds(1), kafka);
    }

    @Tag("campaign")
    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"PARTITION", "KEY"})
    void itHoldsUpNoOtherForTwentySeconds(Ordering ordering, KafkaFixture kafka) {
        block(ordering, Duration.ofSeconds(20), kafka);
    }

    private void block(Ordering ordering, Duration time, KafkaFixture kafka) {
        String topic = kafka.topic("blocked", PARTITIONS);
        String group = kafka.group("blocked");
        TopicPartition blocked =
                new TopicPartition(topic, kafka.produce(topic, "k0", "0").partition());
        published.set(1);
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest())
                .consumer(topic, options -> options.ordering(ordering), this::handle)
                .build()) {
            client.start();
            Set<String> others = ConcurrentHashMap.newKeySet();
            long until = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - until < 0) {
                for (int key = 0; key < KEYS; key++) {
                    String value = Integer.toString(published.getAndIncrement());
                    int partition = kafka.produce(topic, "k" + key, value).partition();
                    boolean waits = ordering == Ordering.PARTITION ? partition == blocked.partition() : key == 0;
                    if (!waits) {
                        others.add(value);
                    }
                }
            }

            await().atMost(PATIENCE).until(() -> handled.containsAll(others));
            assertThat(handled).as("what waits for the blocked one").hasSameSizeAs(others);
            released.countDown();
            await().atMost(PATIENCE).until(() -> handled.size() == published.get());
        } finally {
            released.countDown();
        }
        assertThat(kafka.committedOffsets(group))
                .containsEntry(blocked, kafka.ends(topic, PARTITIONS).get(blocked));
    }

    private void handle(Delivery delivery) throws InterruptedException {
        String value = Records.text(delivery.value());
        if (value.equals("0")) {
            assertThat(released.await(2, TimeUnit.MINUTES)).isTrue();
        }
        handled.add(value);
        delivery.ack();
    }
}
