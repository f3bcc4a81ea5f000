package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.Skipped;
import io.mika.test.MikaTester;
import org.junit.jupiter.api.Test;

/** Replay of what was too large for the dead letter queue, which holds a pointer to it. */
class ReplayPointerTest extends ReplayStage {
    /** The retry topic is written before the queue is: its limit must be the higher one. */
    private MikaTester withPointer(MikaTester tester) {
        tester.kafka().maxMessageBytes(3_000);
        tester.publish("orders", "k", "y".repeat(2_900));
        tester.runUntilIdle();
        tester.kafka().maxMessageBytes(10_000);
        deliveries.clear();
        mended = true;
        return tester;
    }

    @Test
    void leadToTheOriginal() {
        try (MikaTester tester = withPointer(builder(1).start())) {
            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                assertThat(record.value()).isNull();
                assertThat(headers(record).isPointer()).isTrue();
            });

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.replayed()).isEqualTo(1);
            assertThat(seen()).containsExactly("y".repeat(2_900));
            assertThat(headers(tester.records("retry").get(0)).isPointer()).isFalse();
        }
    }

    @Test
    void whoseOriginalIsGoneStay() {
        try (MikaTester tester = withPointer(builder(1).start())) {
            for (int partition = 0; partition < 2; partition++) {
                tester.kafka().partition("orders", partition).append("k", "another");
                tester.kafka().partition("orders", partition).deleteRecords(1);
            }

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.matched()).isEqualTo(1);
            assertThat(report.skipped(Skipped.ORIGINAL_GONE)).isEqualTo(1);
            assertThat(tester.errors()).anySatisfy(error -> assertThat(error).hasMessageContaining("pointer"));
            assertThat(replay(tester, fast().dryRun().build()).skipped(Skipped.ORIGINAL_GONE))
                    .as("not noted as replayed")
                    .isEqualTo(1);
        }
    }
}
