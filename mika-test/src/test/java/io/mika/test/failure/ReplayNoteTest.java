package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayReport.Skipped;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.junit.jupiter.api.Test;

/** What was replayed is noted, for later replays and for the consumption of the dead letter queue. */
class ReplayNoteTest extends ReplayStage {
    @Test
    void isNotTakenAgainUnlessAsked() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 10);
            mended = true;
            replay(tester, fast().build());

            ReplayReport second = replay(tester, fast().build());
            assertThat(second.replayed()).isZero();
            assertThat(second.skipped(Skipped.REPLAYED)).isEqualTo(10);
            assertThat(deliveries).hasSize(10);

            ReplayReport again = replay(tester, fast().again().build());
            assertThat(again.replayed()).isEqualTo(10);
            assertThat(deliveries).hasSize(20);
        }
    }

    @Test
    void isPassedOverByTheConsumptionOfTheQueue() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 10);
            mended = true;
            replay(tester, fast().offsets(0, 2, 3, 7).build());
            assertThat(deliveries).hasSize(3);

            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            assertThat(new TreeSet<>(seen())).hasSize(10);
            assertThat(deliveries).hasSize(10);
            assertThat(skipped).containsExactly("REPLAYED 3");
            assertThat(tester.committed("dlq", 0)).hasValue(10);
        }
    }

    @Test
    void isAnotherRecordAfterTheLogWasTruncated() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 3);
            mended = true;
            replay(tester, fast().build());
            tester.kafka().partition("dlq", 0).truncate(1);
            tester.publish(dead(0, "test", "orders", "new"));

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.replayed()).isEqualTo(1);
            assertThat(seen()).endsWith("new");
        }
    }

    @Test
    void isForgottenWithTheTopic() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 3);
            mended = true;
            replay(tester, fast().build());
            Optional<?> note = tester.kafka().group(NOTE_GROUP).committed(new TopicPartition("dlq", 0));
            tester.kafka().deleteTopic("dlq");
            tester.kafka().createTopic("dlq", 1);
            tester.kafka().group(NOTE_GROUP).reset(new TopicPartition("dlq", 0), (OffsetAndMetadata)
                    note.orElseThrow());
            tester.publish(dead(0, "test", "orders", "new"));

            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(1);
        }
    }

    @Test
    void isNotedTogetherWithWhatIsAnothers() {
        try (MikaTester tester = builder(1).start()) {
            for (int i = 0; i < 50; i++) {
                tester.publish(dead(0, "test", "orders", "ours" + i));
                tester.publish(dead(0, "shipping", "orders", "theirs" + i));
            }
            mended = true;

            replay(tester, fast().build());

            String text = tester.kafka()
                    .group(NOTE_GROUP)
                    .committed(new TopicPartition("dlq", 0))
                    .orElseThrow()
                    .metadata();
            assertThat(text).as("one range").hasSizeLessThan(70);
        }
    }

    @Test
    void isRenewedWhenAClientStarts() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 3);
            mended = true;
            replay(tester, fast().build());
            int commits = tester.kafka().group(NOTE_GROUP).commits().size();

            try (MikaTester another = tester.another()) {
                assertThat(another.kafka().group(NOTE_GROUP).commits()).hasSize(commits + 1);
            }

            assertThat(replay(tester, fast().build()).skipped(Skipped.REPLAYED)).isEqualTo(3);
        }
    }

    @Test
    void mayBeTooScatteredToBeNoted() {
        try (MikaTester tester = builder(1).start()) {
            int records = 30_000;
            Random random = new Random(3);
            for (int i = 0; i < records; i++) {
                tester.publish(dead(0, "test", random.nextBoolean() ? "orders" : "invoices", "v" + i));
            }
            mended = true;

            ReplayReport dry = replay(tester, fast().topic("orders").dryRun().build());
            assertThat(dry.end()).isEqualTo(End.NOTE_FULL);
            assertThat(dry.partitions()).singleElement().matches(ReplayReport.Partition::noteFull);
            ReplayReport report = replay(tester, fast().topic("orders").build());

            assertThat(report.end()).isEqualTo(End.NOTE_FULL);
            assertThat(report.replayed()).isEqualTo(dry.replayed()).isBetween(5_000L, 14_000L);
            assertThat(report.partitions()).isEqualTo(dry.partitions());
            ReplayReport second = replay(tester, fast().topic("orders").build());
            assertThat(second.replayed()).isZero();
            assertThat(second.skipped(Skipped.REPLAYED)).isEqualTo(report.replayed());
        }
    }

    @Test
    void whatThatHasSettledIsNotReplayed() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 10);
            mended = true;
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(deliveries).hasSize(10);
            var unused2 = tester.disableDlqConsumption();
            tester.advance(Duration.ofSeconds(1));
            tester.publish(dead(0, "test", "orders", "new"));

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.replayed()).isEqualTo(1);
            assertThat(report.partitions()).containsExactly(new ReplayReport.Partition(0, 10, 11, 11, false));
            assertThat(seen()).endsWith("new");
        }
    }

    @Test
    void whatThatHasSettledAboveAnOpenRecordIsNotReplayed() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 10);
            mended = true;
            leftOpen = text(tester.records("dlq").get(0).value());
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(deliveries).hasSize(10);
            assertThat(tester.committed("dlq", 0)).hasValue(0);

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.skipped(Skipped.SETTLED)).isEqualTo(9);
            assertThat(report.replayed()).isEqualTo(1);
            assertThat(tester.records("retry"))
                    .singleElement()
                    .satisfies(record -> assertThat(text(record.value())).isEqualTo(leftOpen));
        }
    }

    @Test
    void theRightToTheNoteIsNotNeededForIt() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 3);
            mended = true;
            tester.kafka().faults(new Faults() {
                @Override
                public Fate lookup(String question) {
                    return question.equals("committed")
                            ? Fate.failed(GroupAuthorizationException.forGroupId(NOTE_GROUP))
                            : Fate.OK;
                }
            });
            var unused = tester.enableDlqConsumption();
            tester.runUntilIdle();
            tester.kafka().faults(Faults.NONE);
            tester.advance(Duration.ofSeconds(5));

            assertThat(deliveries).hasSize(3);
            assertThat(tester.errors().get(0)).hasMessageContaining("replayed").hasMessageContaining(NOTE_GROUP);
        }
    }
}
