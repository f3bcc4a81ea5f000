package io.mika.it;

import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.test.broker.KafkaFixture;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The client of {@link OpenRecordIT}, in a JVM of its own: keeps one record open until all others are handled, and for
 * as long as it is told; prints where the group's commit stood then; acks it and closes.
 */
final class OpenRecordClient {
    /** The offset that stays open, on partition 0. */
    static final long OPEN = 10;

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private OpenRecordClient() {}

    /** Takes brokers, protocol, topic, group, how many records there are, and seconds. */
    public static void main(String[] args) {
        long records = Long.parseLong(args[4]);
        Duration open = Duration.ofSeconds(Long.parseLong(args[5]));
        TopicPartition partition = new TopicPartition(args[2], 0);
        AtomicReference<@Nullable Delivery> held = new AtomicReference<>();
        LongAdder others = new LongAdder();
        try (KafkaFixture kafka = new KafkaFixture(args[0]);
                KafkaClient client = KafkaClient.builder(name -> null)
                        .brokers(args[0])
                        .groupProtocol(GroupProtocol.valueOf(args[1]))
                        .group(args[3])
                        .startFrom(StartPosition.earliest())
                        .consumer(args[2], delivery -> {
                            if (delivery.record().partition() == 0
                                    && delivery.record().offset() == OPEN) {
                                held.set(delivery);
                            } else {
                                others.increment();
                                delivery.ack();
                            }
                        })
                        .build()) {
            client.start();
            long until = System.nanoTime() + open.toNanos();
            await().atMost(PATIENCE).until(() -> others.sum() == records - 1 && System.nanoTime() - until >= 0);
            await().atMost(PATIENCE).until(() -> committed(kafka, args[3], partition) == OPEN);
            System.out.println("held at " + committed(kafka, args[3], partition));
            Delivery last = held.get();
            if (last != null) {
                last.ack();
            }
        }
    }

    private static long committed(KafkaFixture kafka, String group, TopicPartition partition) {
        return kafka.committedOffsets(group).getOrDefault(partition, -1L);
    }
}
