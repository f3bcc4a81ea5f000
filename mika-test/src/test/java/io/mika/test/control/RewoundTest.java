package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.event.ClientListener;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A committed offset that is lower than the client's own last one. */
class RewoundTest {
    private static final int RECORDS = 5;

    private final List<String> rewound = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void onRewound(TopicPartition partition, long from, long to) {
            rewound.add(partition + " " + from + " -> " + to);
        }
    };

    @Test
    void aPartitionThatComesBackWithALowerOffsetIsTold() {
        try (MikaTester tester = MikaTester.builder()
                .listener(listener)
                .topic("orders", 2)
                .consumer("orders", Delivery::ack)
                .start()) {
            for (int i = 0; i < RECORDS * 4; i++) {
                tester.publish("orders", "k" + i, "v" + i);
            }
            tester.runUntilIdle();
            MikaTester other = tester.another();
            tester.advance(Duration.ofSeconds(20));
            TopicPartition moved =
                    tester.explain().partitions().get(0).partition().partition() == 0
                            ? new TopicPartition("orders", 1)
                            : new TopicPartition("orders", 0);
            long before = tester.committed("orders", moved.partition()).orElseThrow();
            tester.kafka().group("test").reset(moved, new OffsetAndMetadata(2));
            other.close();
            tester.advance(Duration.ofSeconds(20));

            assertThat(rewound).containsExactly(moved + " " + before + " -> 2");
            assertThat(tester.committed("orders", moved.partition())).hasValue(before);
        }
    }

    @Test
    void aPartitionThatWasTakenFurtherByOthersIsNot() {
        try (MikaTester tester = MikaTester.builder()
                .listener(listener)
                .topic("orders", 2)
                .consumer("orders", Delivery::ack)
                .start()) {
            MikaTester other = tester.another();
            tester.advance(Duration.ofSeconds(20));
            for (int i = 0; i < RECORDS * 4; i++) {
                tester.publish("orders", "k" + i, "v" + i);
            }
            tester.runUntilIdle();
            other.close();
            tester.advance(Duration.ofSeconds(20));

            assertThat(rewound).isEmpty();
        }
    }
}
