package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Source;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayReport.Skipped;
import io.mika.event.ReplayRequest;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** Replay of the dead letter queue: what goes where, how fast, and what is asked for. */
class ReplayTest extends ReplayStage {
    @Test
    void whatIsInTheQueueGoesBackToItsConsumerByWayOfTheRetryTopic() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 10);
            mended = true;

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.end()).isEqualTo(End.COMPLETED);
            assertThat(report.read()).isEqualTo(10);
            assertThat(report.matched()).isEqualTo(10);
            assertThat(report.replayed()).isEqualTo(10);
            assertThat(report.skipped()).isEmpty();
            assertThat(report.partitions()).hasSize(2).allMatch(part -> part.stoppedAt() == part.end());
            assertThat(deliveries).hasSize(10).allMatch(delivery -> delivery.source() == Source.RETRY);
            assertThat(tester.records("dlq")).as("the copies stay").hasSize(10);
            assertThat(tester.records("retry")).allSatisfy(record -> {
                assertThat(headers(record).replays()).isEqualTo(1);
                assertThat(headers(record).retries()).as("no hop").hasValue(0);
            });
            assertThat(tester.kafka().group("test").commits())
                    .as("the group itself commits nothing of the queue")
                    .noneMatch(commit -> commit.partition().topic().equals("dlq"));
            assertThat(tester.errors()).isEmpty();
        }
    }

    @Test
    void anEmptyQueueIsReplayedAtOnce() {
        try (MikaTester tester = builder().start()) {
            assertThat(replay(tester, fast().build()).end()).isEqualTo(End.COMPLETED);
        }
    }

    @Test
    void aQueueThatDoesNotExistIsEmpty() {
        try (MikaTester tester = builder(0).start()) {
            ReplayReport report = replay(tester, fast().build());

            assertThat(report.end()).isEqualTo(End.COMPLETED);
            assertThat(report.partitions()).isEmpty();
        }
    }

    @Test
    void aClientWithoutConsumersReplaysForOthers() {
        try (MikaTester tester = builder().start();
                MikaTester operator = MikaTester.builder()
                        .joining(tester)
                        .retryTopic("retry")
                        .dlqTopic("dlq")
                        .start()) {
            fail(tester, 10);
            mended = true;

            assertThat(replay(operator, fast().build()).replayed()).isEqualTo(10);

            assertThat(deliveries).hasSize(10);
        }
    }

    @Test
    void itIsAsFastAsTheRequestSays() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 100);
            mended = true;

            Replay replay = tester.replayDlq(ReplayRequest.builder().rate(10).build());
            tester.advance(Duration.ofSeconds(2));
            assertThat(replay.progress().replayed()).isBetween(17L, 23L);
            assertThat(replay.progress().end()).isEqualTo(End.UNDER_WAY);
            tester.advance(Duration.ofSeconds(10));
            assertThat(replay.completion()).isCompleted();
            assertThat(deliveries).hasSize(100);
        }
    }

    @Test
    void retriesAreAsAsked() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 2);

            replay(tester, fast().atMost(1).retries(7).build());

            assertThat(headers(tester.records("retry").get(0)).retries()).hasValue(7);
        }
    }

    @Test
    void interceptorsSeeItOnItsWayAndMayAddHeaders() {
        List<String> told = new ArrayList<>();
        DeliveryInterceptor interceptor = new DeliveryInterceptor() {
            @Override
            public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
                record.headers().add("seen", new byte[0]);
                told.add(purpose + " to " + record.topic());
                return new SendObserver() {
                    @Override
                    public void sent(RecordMetadata where) {
                        told.add("sent");
                    }
                };
            }
        };
        try (MikaTester tester = builder().interceptor(interceptor).start()) {
            tester.publish(dead(0, "test", "orders", "v"));
            mended = true;

            replay(tester, fast().build());

            assertThat(told).containsExactly("REPLAY to retry", "sent");
            assertThat(tester.records("retry").get(0).headers().lastHeader("seen"))
                    .isNotNull();
        }
    }

    @Test
    void theDelayOfTheFailureIsOver() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer("orders", Delivery::ack)
                .start()) {
            ProducerRecord<byte[], byte[]> late = dead(0, "test", "orders", "late");
            late.headers()
                    .add(
                            FailureHeaders.key(FailureHeaders.NOT_BEFORE, "test"),
                            Long.toString(Long.MAX_VALUE).getBytes(StandardCharsets.UTF_8));
            tester.publish(late);

            replay(tester, fast().build());

            assertThat(headers(tester.records("retry").get(0)).notBefore()).isEmpty();
            assertThat(tester.committed("retry", 0)).hasValue(1);
        }
    }

    @Test
    void whatTheRetryTopicDoesNotTakeIsReportedAndStays() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 1);
            tester.publish(dead(0, "test", "orders", "x".repeat(2_000)));
            tester.kafka().maxMessageBytes(1_500);
            mended = true;

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.replayed()).isEqualTo(1);
            assertThat(report.failed()).isEqualTo(1);
            assertThat(tester.errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error).hasMessageContaining("dlq-0@1"));
            tester.kafka().maxMessageBytes(1_000_000);
            assertThat(replay(tester, fast().build()).replayed())
                    .as("it was not noted")
                    .isEqualTo(1);
        }
    }

    @Test
    void aBrokerThatIsAwayForAWhileDelaysIt() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 20);
            mended = true;
            Replay replay = tester.replayDlq(ReplayRequest.builder().rate(10).build());
            tester.advance(Duration.ofSeconds(1));

            tester.kafka().down();
            tester.advance(Duration.ofSeconds(40));
            assertThat(replay.completion()).isNotDone();
            tester.kafka().up();
            tester.advance(Duration.ofSeconds(60));

            assertThat(replay.completion()).isCompleted();
            assertThat(new TreeSet<>(seen())).hasSize(20);
        }
    }

    @Test
    void whatExpiresMeanwhileIsNotWaitedFor() {
        try (MikaTester tester = builder(1).start()) {
            Replay replay = underWay(tester, 1_000);
            tester.kafka().partition("dlq", 0).deleteRecords(900);
            tester.advance(Duration.ofSeconds(30));

            assertThat(replay.completion()).isCompleted();
            assertThat(replay.progress().end()).isEqualTo(End.COMPLETED);
            assertThat(seen()).contains("v0", "v900", "v999").doesNotContain("v899");
        }
    }

    @Test
    void whatIsTruncatedMeanwhileIsNotWaitedFor() {
        try (MikaTester tester = builder(1).start()) {
            Replay replay = underWay(tester, 1_000);
            tester.kafka().partition("dlq", 0).truncate(200);
            tester.advance(Duration.ofSeconds(30));

            assertThat(replay.completion()).isCompleted();
            assertThat(replay.progress().end()).isEqualTo(End.COMPLETED);
            assertThat(seen()).contains("v0", "v199").doesNotContain("v999");
        }
    }

    /** It has read a part of the queue. */
    private Replay underWay(MikaTester tester, int records) {
        for (int i = 0; i < records; i++) {
            tester.publish(dead(0, "test", "orders", "v" + i));
        }
        mended = true;
        Replay replay =
                tester.replayDlq(ReplayRequest.builder().rate(records / 10.0).build());
        tester.advance(Duration.ofSeconds(1));
        assertThat(replay.progress().replayed()).isBetween(1L, records / 2L);
        return replay;
    }

    private ReplayReport dryRun(MikaTester tester, ReplayRequest.Builder request) {
        return replay(tester, request.dryRun().build());
    }

    @Test
    void isNarrowedDownByEachFilter() {
        try (MikaTester tester = builder(1).start()) {
            Instant start = tester.now();
            fail(tester, 3);
            tester.advance(Duration.ofMinutes(1));
            Instant later = tester.now();
            tester.publish(dead(0, "test", "invoices", "i1"));

            assertThat(dryRun(tester, fast().topic("invoices")).matched()).isEqualTo(1);
            assertThat(dryRun(tester, fast().topic("nothing")).matched()).isZero();
            assertThat(dryRun(tester, fast().since(later)).matched()).isEqualTo(1);
            assertThat(dryRun(tester, fast().since(start).until(later)).matched())
                    .isEqualTo(3);
            assertThat(dryRun(tester, fast().exception(IllegalStateException.class))
                            .matched())
                    .isEqualTo(3);
            assertThat(dryRun(tester, fast().exception(RuntimeException.class)).matched())
                    .isZero();
            assertThat(dryRun(tester, fast().reason("v1")).matched()).isEqualTo(1);
            assertThat(dryRun(tester, fast().key("k2")).matched()).isEqualTo(1);
            assertThat(dryRun(tester, fast().offsets(0, 0, 3)).matched()).isEqualTo(2);
            assertThat(dryRun(tester, fast().offsets(1, 0)).matched()).isZero();
        }
    }

    @Test
    void isOnlyCountedInADryRun() {
        try (MikaTester tester = builder().start()) {
            fail(tester, 10);

            ReplayReport report = dryRun(tester, ReplayRequest.builder().rate(1));

            assertThat(report.dryRun()).isTrue();
            assertThat(report.matched()).isEqualTo(10);
            assertThat(report.replayed()).isEqualTo(10);
            assertThat(tester.records("retry")).isEmpty();
            assertThat(tester.kafka().group(NOTE_GROUP).commits()).isEmpty();
            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(10);
        }
    }

    @Test
    void isOfThisGroupAlone() {
        try (MikaTester tester = builder(1).start()) {
            tester.publish(dead(0, "shipping", "orders", "theirs"));
            tester.publish("dlq", null, "nobody's");
            tester.publish(dead(0, "test", "orders", "ours"));
            mended = true;

            ReplayReport report = replay(tester, fast().build());

            assertThat(report.skipped(Skipped.OTHER_GROUP)).isEqualTo(2);
            assertThat(seen()).containsExactly("ours");
        }
    }

    @Test
    void endsAfterSoManyAndGoesOnThere() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 10);
            mended = true;

            ReplayReport report = replay(tester, fast().atMost(4).build());

            assertThat(report.end()).isEqualTo(End.AT_MOST_REACHED);
            assertThat(report.partitions()).containsExactly(new ReplayReport.Partition(0, 0, 4, 10, false));
            assertThat(replay(tester, fast().atMost(100).build()).replayed()).isEqualTo(6);
            assertThat(seen()).doesNotHaveDuplicates().hasSize(10);
        }
    }

    @Test
    void isLeftInTheQueueOnceTheCapIsReached() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 1);

            // It fails each time and comes back as another record
            assertThat(replay(tester, fast().cap(2).build()).replayed()).isEqualTo(1);
            assertThat(replay(tester, fast().cap(2).build()).replayed()).isEqualTo(1);
            ReplayReport third = replay(tester, fast().cap(2).build());

            assertThat(third.replayed()).isZero();
            assertThat(third.leftOutByTheCap()).isEqualTo(1);
            assertThat(tester.records("dlq")).hasSize(3);
            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(1);
        }
    }
}
