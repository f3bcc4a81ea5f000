package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.event.ClientListener;
import io.mika.event.StuckRecord;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What an operator sees. */
class ExplanationTest {
    private final List<Delivery> taken = new ArrayList<>();
    private final List<StuckRecord> stuck = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void onStuck(StuckRecord record) {
            stuck.add(record);
        }
    };

    private MikaTester start() {
        return MikaTester.builder()
                .listener(listener)
                .consumer("orders", options -> options.ackDeadline(Duration.ofSeconds(30)), taken::add)
                .start();
    }

    @Test
    void itTellsHowFarEachPartitionIsAndWhatIsOpen() {
        try (MikaTester tester = start()) {
            for (int i = 0; i < 3; i++) {
                tester.publish("orders", null, "v" + i);
            }
            tester.runUntilIdle();
            taken.get(0).ack();
            tester.advance(Duration.ofSeconds(5));

            assertThat(tester.explain().state()).isEqualTo("running");
            assertThat(tester.explain().partitions()).singleElement().satisfies(partition -> {
                assertThat(partition.partition()).isEqualTo(new TopicPartition("orders", 0));
                assertThat(partition.watermark()).isEqualTo(1);
                assertThat(partition.oldestOpen()).hasValue(1);
                assertThat(partition.inFlight()).isEqualTo(2);
                assertThat(partition.lastCommit()).hasValue(1);
                assertThat(partition.pausedBy()).isEmpty();
            });
            assertThat(tester.explain().toString()).contains("orders-0", "running");
            assertThat(tester.health().healthy()).isTrue();
        }
    }

    @Test
    void aRecordThatIsOpenForTooLongIsToldOnceAndMakesTheClientUnhealthy() {
        try (MikaTester tester = start()) {
            tester.publish("orders", null, "v");
            tester.advance(Duration.ofSeconds(29));
            assertThat(stuck).isEmpty();
            tester.advance(Duration.ofSeconds(60));

            assertThat(stuck)
                    .singleElement()
                    .satisfies(record -> assertThat(record.offset()).isZero());
            assertThat(tester.health().reasons()).singleElement().asString().startsWith("orders-0@0 is open for");

            taken.get(0).ack();
            tester.advance(Duration.ofSeconds(2));
            assertThat(tester.health().healthy()).isTrue();
        }
    }

    @Test
    void aConsumerThatIsDisabledOnPurposeIsHealthy() {
        try (MikaTester tester = start()) {
            var unused = tester.disableConsumer("orders");
            tester.advance(Duration.ofSeconds(2));

            assertThat(tester.explain().partitions())
                    .singleElement()
                    .satisfies(partition -> assertThat(partition.pausedBy()).containsExactly("disabled"));
            assertThat(tester.health().healthy()).isTrue();
        }
    }

    @Test
    void aClosedClientSaysSo() {
        MikaTester tester = start();
        tester.close();

        assertThat(tester.explain().state()).isEqualTo("closed");
        assertThat(tester.health().reasons()).containsExactly("closed");
    }
}
