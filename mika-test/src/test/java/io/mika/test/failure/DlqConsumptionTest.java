package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Source;
import io.mika.engine.Limits;
import io.mika.error.DlqNotConfiguredException;
import io.mika.event.ClientListener;
import io.mika.event.Explanation;
import io.mika.record.FailureHeaders;
import io.mika.record.FailureHop;
import io.mika.record.Pointer;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** The dead letter queue, consumed in passes. */
class DlqConsumptionTest {
    private static final int MOST_UNREMEMBERED = 400;

    private final List<Delivery> deliveries = new ArrayList<>();
    private int passes;
    private boolean mended;
    private final ClientListener listener = new ClientListener() {
        @Override
        public void onDlqPassCompleted() {
            passes++;
        }
    };

    private MikaTester.Builder builder() {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .topic("dlq", 2)
                .topic("orders", 2)
                .listener(listener)
                .consumer("orders", options -> options.useDlq(), delivery -> {
                    deliveries.add(delivery);
                    if (!mended) {
                        throw new IllegalStateException("broken");
                    }
                    delivery.ack();
                });
    }

    private static void fail(MikaTester tester, int records) {
        for (int i = 0; i < records; i++) {
            tester.publish("orders", "k" + i, "v" + i);
        }
        tester.runUntilIdle();
    }

    @Test
    void onePassHandlesWhatIsThereAndTells() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 10);
            assertThat(tester.records("dlq")).hasSize(10);
            mended = true;
            deliveries.clear();

            CompletableFuture<Void> enabled = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            assertThat(enabled).isCompleted();
            assertThat(deliveries).hasSize(10);
            assertThat(passes).isEqualTo(1);
            assertThat(tester.committed("dlq", 0).orElse(0)
                            + tester.committed("dlq", 1).orElse(0))
                    .isEqualTo(10);
        }
    }

    @Test
    void whatFailsAgainReturnsAndIsNotReadAgainInThisPass() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 3);
            deliveries.clear();

            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(10));

            assertThat(deliveries).hasSize(3);
            assertThat(tester.records("dlq")).hasSize(6);
            assertThat(passes).isEqualTo(1);
        }
    }

    @Test
    void disablingAndEnablingBeginsAnotherPass() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 3);
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            mended = true;
            deliveries.clear();

            CompletableFuture<Void> disabled = tester.disableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(disabled).isCompleted();
            assertThat(deliveries).isEmpty();

            CompletableFuture<Void> enabled = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(enabled).isCompleted();
            assertThat(deliveries).hasSize(3);
            assertThat(passes).isEqualTo(2);
        }
    }

    @Test
    void enablingAtOnceAfterDisablingBeginsAnotherPassToo() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 3);
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            mended = true;
            deliveries.clear();

            CompletableFuture<Void> disabled = tester.disableDlqConsumption();
            CompletableFuture<Void> enabled = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(10));

            assertThat(disabled).isCompleted();
            assertThat(enabled).isCompleted();
            assertThat(deliveries).hasSize(3);
            assertThat(passes).isEqualTo(2);
        }
    }

    /** Every other record stays with its handler, and these brokers take little text with a commit. */
    @Test
    void aPartitionOfAPassWithMoreSettledThanItsTextHoldsPauses() {
        Limits limits = new Limits(
                20_000, 1 << 24, 200_000, 1 << 24, 100, 1 << 20, 100_000, 1 << 20, 100_000, MOST_UNREMEMBERED);
        MikaTester.Builder plan = MikaTester.builder()
                .dlqTopic("dlq")
                .listener(listener)
                .consumer("orders", options -> options.useDlq(), delivery -> {
                    if (delivery.source() == Source.TOPIC && delivery.key() != null) {
                        throw new IllegalStateException("broken");
                    }
                    deliveries.add(delivery);
                    if (mended || deliveries.size() % 2 == 0) {
                        delivery.ack();
                    }
                });
        try (MikaTester tester = EngineDoors.limits(plan, limits).start()) {
            mended = true;
            ShortTexts.learn(tester, () -> tester.publish("orders", null, "fine"));
            fail(tester, 1_500);
            mended = false;
            deliveries.clear();
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(30));

            Explanation.Partition dlq = tester.explain().partitions().stream()
                    .filter(each -> each.partition().topic().equals("dlq"))
                    .findFirst()
                    .orElseThrow();
            assertThat(dlq.pausedBy()).contains("unremembered");
            assertThat(passes).isZero();

            mended = true;
            deliveries.forEach(Delivery::ack);
            tester.advance(Duration.ofSeconds(30));
            assertThat(deliveries).hasSize(1_500);
            assertThat(passes).isEqualTo(1);
            assertThat(tester.committed("dlq", 0)).hasValue(1_500);
        }
    }

    @Test
    void aRebalanceInTheMiddleOfAPassKeepsItsEnd() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 10);
            deliveries.clear();
            var unused = tester.enableDlqConsumption();
            tester.runUntilIdle();
            try (MikaTester other = tester.another()) {
                CompletableFuture<Void> enabled = other.enableDlqConsumption();
                tester.advance(Duration.ofSeconds(20));
                assertThat(enabled).isCompleted();

                assertThat(deliveries)
                        .as("none is read twice by those who kept their bounds")
                        .hasSizeBetween(10, 20);
                assertThat(tester.records("dlq").size() - 10).isEqualTo(deliveries.size());
            }
        }
    }

    @Test
    void aPointerLeadsToItsOriginal() {
        byte[] value = "y".repeat(2_900).getBytes(StandardCharsets.UTF_8);
        mended = true;
        try (MikaTester tester = builder().start()) {
            tester.publish(new ProducerRecord<>("orders", 0, new byte[] {2}, new byte[] {2}));
            tester.publish(new ProducerRecord<>("orders", 0, new byte[] {1}, value));
            tester.runUntilIdle();
            deliveries.clear();
            tester.publish(new ProducerRecord<>("dlq", 0, new byte[] {1}, (byte[]) null, pointerTo(1, value)));

            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            assertThat(deliveries).singleElement().satisfies(delivery -> {
                assertThat(delivery.value()).isEqualTo(value);
                assertThat(delivery.key()).containsExactly(1);
                assertThat(delivery.source()).isEqualTo(Source.DLQ);
                assertThat(delivery.topic()).isEqualTo("orders");
                assertThat(delivery.record().topic()).isEqualTo("dlq");
            });
            assertThat(passes).isEqualTo(1);
        }
    }

    @Test
    void aPointerWithAnotherRecordInItsPlaceStaysInTheQueue() {
        mended = true;
        try (MikaTester tester = builder().start()) {
            tester.publish(new ProducerRecord<>("orders", 0, new byte[] {2}, new byte[] {2}));
            tester.runUntilIdle();
            deliveries.clear();
            tester.publish(new ProducerRecord<>("dlq", 0, new byte[] {1}, (byte[]) null, pointerTo(0, new byte[100])));
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            assertThat(deliveries).isEmpty();
            assertThat(tester.records("dlq")).hasSize(2);
            assertThat(tester.errors()).anySatisfy(error -> assertThat(error).hasMessageContaining("orders-0@0"));
        }
    }

    private static Headers pointerTo(long offset, byte[] value) {
        return FailureHop.withPointer(
                FailureHeaders.init(new RecordHeaders(), "test", "orders", "broken"),
                "test",
                Pointer.to("orders", 0, offset, value));
    }

    @Test
    void aPointerWhoseOriginalIsGoneStaysInTheQueue() {
        try (MikaTester tester = builder().start()) {
            tester.publish(new ProducerRecord<>("dlq", 0, new byte[] {1}, (byte[]) null, pointerTo(17, new byte[100])));
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            assertThat(deliveries).isEmpty();
            assertThat(passes).isEqualTo(1);
            assertThat(tester.records("dlq")).hasSize(2).last().satisfies(record -> {
                FailureHeaders copy =
                        FailureHeaders.read(record.headers(), "test").orElseThrow();
                assertThat(copy.pointer())
                        .hasValueSatisfying(
                                pointer -> assertThat(pointer.offset()).isEqualTo(17));
            });
        }
    }

    @Test
    void withoutADeadLetterQueueThereIsNothingToConsume() {
        try (MikaTester tester =
                MikaTester.builder().consumer("orders", Delivery::ack).start()) {
            assertThat(tester.enableDlqConsumption())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(DlqNotConfiguredException.class);
        }
    }
}
