package io.mika.it;

import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.env.StartPosition;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Publishing at full speed beside consuming, with one client. */
@WithBroker
class PublishFloodIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FLOODERS = 2;

    private final AtomicBoolean flooding = new AtomicBoolean(true);
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicInteger handled = new AtomicInteger();

    @Test
    void aFloodOfPublishDoesNotStopTheConsumers(KafkaFixture kafka) throws Exception {
        String orders = kafka.topic("orders", 1);
        String elsewhere = kafka.topic("elsewhere", 1);
        String group = kafka.group("flooded");
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest())
                .producerProperty("buffer.memory", 256 * 1024) // so little that publish waits for room all the time
                .consumer(orders, delivery -> {
                    handled.incrementAndGet();
                    delivery.ack();
                })
                .build()) {
            client.start();
            client.ready().get(60, TimeUnit.SECONDS);
            List<Thread> flooders = flood(client, elsewhere);
            try {
                for (int round = 1; round <= 5; round++) {
                    long floodBefore = answered.get();
                    kafka.fill(orders, 1, 1000, 10);
                    int expected = 1000 * round;
                    await().atMost(PATIENCE).until(() -> handled.get() == expected);
                    await().atMost(PATIENCE).until(() -> answered.get() > floodBefore + 1000);
                }
                await().atMost(PATIENCE).until(() -> offset(kafka, group, orders) == 5000);
            } finally {
                flooding.set(false);
                for (Thread each : flooders) {
                    each.join();
                }
            }
            await().atMost(PATIENCE).until(() -> answered.get() == published.get());
        }
    }

    private static long offset(KafkaFixture kafka, String group, String topic) {
        return kafka.committedOffsets(group).getOrDefault(new TopicPartition(topic, 0), -1L);
    }

    private List<Thread> flood(KafkaClient client, String topic) {
        List<Thread> flooders = new ArrayList<>();
        for (int i = 0; i < FLOODERS; i++) {
            Thread flooder = new Thread(() -> {
                while (flooding.get()) {
                    published.incrementAndGet();
                    var unused = client.publish(new ProducerRecord<>(topic, new byte[1000]))
                            .whenComplete((metadata, error) -> answered.incrementAndGet());
                }
            });
            flooder.start();
            flooders.add(flooder);
        }
        return flooders;
    }
}
