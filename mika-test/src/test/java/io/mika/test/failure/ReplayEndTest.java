package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.error.ClientClosedException;
import io.mika.error.ConfigException;
import io.mika.error.DlqNotConfiguredException;
import io.mika.error.MikaException;
import io.mika.event.CloseReport;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayRequest;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.TreeSet;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** How replays end, of which there is one at a time. */
class ReplayEndTest extends ReplayStage {
    private final ReplayRequest slow = ReplayRequest.builder().rate(10).build();

    @Test
    void cancelledItNotesWhatItDidAndAnotherGoesOn() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(3));

            replay.cancel();
            tester.advance(Duration.ofSeconds(1));
            ReplayReport report = replay.completion().join();
            assertThat(report.end()).isEqualTo(End.CANCELLED);
            assertThat(report.replayed()).isBetween(20L, 40L);
            assertThat(report.partitions())
                    .containsExactly(new ReplayReport.Partition(0, 0, report.replayed(), 100, false));

            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(100 - report.replayed());
            assertThat(seen()).doesNotHaveDuplicates().hasSize(100);
        }
    }

    @Test
    void cancelledWhileTheBrokerIsAwayItEndsWhenItIsBack() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(3));
            tester.kafka().down();
            tester.advance(Duration.ofSeconds(3));

            replay.cancel();
            tester.advance(Duration.ofSeconds(3));
            assertThat(replay.completion()).isNotDone();
            tester.kafka().up();
            tester.advance(Duration.ofSeconds(90));

            assertThat(replay.completion()).isCompleted();
            replay(tester, fast().build());
            assertThat(new TreeSet<>(seen())).hasSize(100);
        }
    }

    @Test
    void cancelledAtTheStartItIsInNobodysWay() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 10);
            mended = true;
            for (int millis = 0; millis < 200; millis += 10) {
                tester.kafka().faults(late(Duration.ofMillis(20)));
                Replay replay = tester.replayDlq(slow);
                tester.advance(Duration.ofMillis(millis));
                replay.cancel();
                tester.advance(Duration.ofSeconds(2));

                assertThat(replay.completion()).isCompleted();
            }
            tester.kafka().faults(Faults.NONE);

            assertThat(replay(tester, fast().build()).end()).isEqualTo(End.COMPLETED);
            assertThat(seen()).doesNotHaveDuplicates().hasSize(10);
        }
    }

    private static Faults late(Duration time) {
        return new Faults() {
            @Override
            public Fate lookup(String question) {
                return Fate.late(time);
            }
        };
    }

    @Test
    void aClientThatDiesLeavesTheRestToAnother() {
        try (MikaTester tester = builder(1).start();
                MikaTester other = tester.another()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(3));
            tester.kill();
            long replayed = replay.progress().replayed();

            Replay tooEarly = other.replayDlq(fast().build());
            other.advance(Duration.ofSeconds(1));
            assertThat(tooEarly.completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(MikaException.class)
                    .withMessageContaining("under way");

            other.advance(Duration.ofSeconds(60));
            ReplayReport rest = replay(other, fast().build());
            assertThat(rest.replayed())
                    .as("at most what a second brings, twice")
                    .isBetween(100 - replayed, 115 - replayed);
            assertThat(new TreeSet<>(seen())).hasSize(100);
        }
    }

    @Test
    void thereIsOneAtATime() {
        try (MikaTester tester = builder(1).start();
                MikaTester other = tester.another()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(1));

            Replay here = tester.replayDlq(slow);
            Replay there = other.replayDlq(slow);
            Replay dry = other.replayDlq(fast().dryRun().build());
            tester.advance(Duration.ofSeconds(20));

            assertThat(replay.completion()).isCompleted();
            assertThat(here.completion()).isCompletedExceptionally();
            assertThat(there.completion()).isCompletedExceptionally();
            assertThat(dry.completion()).as("writes nothing").isCompleted();
            assertThat(seen()).doesNotHaveDuplicates().hasSize(100);
        }
    }

    @Test
    void ofTwoThatBeginAtTheSameMomentAtMostOneGoesOnAndNothingOfTheNoteIsLost() {
        try (MikaTester tester = builder(1).start();
                MikaTester other = tester.another()) {
            fail(tester, 100);
            mended = true;
            tester.kafka().faults(new Faults() {
                @Override
                public Fate lookup(String question) {
                    return Fate.late(Duration.ofMillis(20));
                }
            });

            Replay one = tester.replayDlq(slow);
            Replay two = other.replayDlq(slow);
            tester.advance(Duration.ofSeconds(30));

            assertThat(one.completion()).isDone();
            assertThat(two.completion()).isDone();
            assertThat(one.progress().end() == End.COMPLETED || two.progress().end() == End.COMPLETED)
                    .isTrue();
            assertThat(new TreeSet<>(seen())).hasSize(100);
            assertThat(replay(tester, fast().build()).replayed()).isZero();
        }
    }

    @Test
    void itIsAliveForAsLongAsItsLastWritesAre() {
        try (MikaTester tester = builder(1).start();
                MikaTester other = tester.another()) {
            fail(tester, 10);
            mended = true;
            TopicFaults faults = new TopicFaults("retry").always(Fate.failed(new TimeoutException("no answer")));
            tester.kafka().faults(faults);
            Replay replay = tester.replayDlq(fast().build());
            tester.advance(Duration.ofMinutes(2));
            assertThat(replay.progress().partitions()).allMatch(partition -> partition.stoppedAt() == 0);

            Replay second = other.replayDlq(fast().build());
            tester.advance(Duration.ofSeconds(1));
            assertThat(second.completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withMessageContaining("under way");

            tester.kafka().faults(Faults.NONE);
            tester.advance(Duration.ofMinutes(1));
            assertThat(replay.completion()).isCompletedWithValueMatching(report -> report.replayed() == 10);
            assertThat(new TreeSet<>(seen())).hasSize(10);
        }
    }

    @Test
    void closingTheClientFailsItAndLosesNothingOfTheNote() {
        try (MikaTester tester = builder(1).start();
                MikaTester other = tester.another()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofMillis(2_500));

            tester.close(Duration.ofSeconds(20));

            assertThat(replay.completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(ClientClosedException.class);
            long replayed = replay.progress().replayed();
            assertThat(replayed).isBetween(20L, 40L);
            assertThat(replay(other, fast().build()).replayed()).isEqualTo(100 - replayed);
            assertThat(seen()).doesNotHaveDuplicates().hasSize(100);
        }
    }

    @Test
    void whatWasAskedWhenTheGroupWasLeftIsNoCauseOfTheClose() {
        MikaTester tester = builder(1).start();
        fail(tester, 100);
        tester.kafka().faults(late(Duration.ofMillis(300)));
        Replay replay = tester.replayDlq(slow);
        tester.advance(Duration.ofSeconds(3));
        var unused = tester.enableDlqConsumption(); // asks where the queue ends
        tester.advance(Duration.ofMillis(10));

        CloseReport report = tester.close(Duration.ofSeconds(20)); // goes on until the replay has written its note

        assertThat(replay.completion()).isCompletedExceptionally();
        assertThat(report.cause()).isEmpty();
    }

    @Test
    void closingAClientWithoutConsumersNotesItToo() {
        try (MikaTester tester = builder(1).start();
                MikaTester operator = MikaTester.builder()
                        .joining(tester)
                        .retryTopic("retry")
                        .dlqTopic("dlq")
                        .start()) {
            fail(tester, 100);
            mended = true;
            Replay replay = operator.replayDlq(slow);
            operator.advance(Duration.ofMillis(2_500));

            operator.close(Duration.ofSeconds(20));

            assertThat(replay.completion()).isCompletedExceptionally();
            assertThat(replay(tester, fast().build()).replayed())
                    .isEqualTo(100 - replay.progress().replayed());
        }
    }

    @Test
    void closingIsNotHeldUpByABrokerThatIsAway() {
        MikaTester tester = builder(1).start();
        fail(tester, 100);
        Replay replay = tester.replayDlq(slow);
        tester.advance(Duration.ofSeconds(1));
        tester.kafka().down();

        var closed = tester.closeGracefully(Duration.ofSeconds(5));
        tester.advance(Duration.ofSeconds(6));

        assertThat(closed).isCompleted();
        assertThat(replay.completion()).isCompletedExceptionally();
    }

    @Test
    void afterTheCloseThereIsNone() {
        MikaTester tester = builder(1).start();
        tester.close();

        assertThat(tester.replayDlq(slow).completion())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void withoutTheRightToTheNoteThereIsNone() {
        try (MikaTester tester = builder(1).start()) {
            fail(tester, 3);
            tester.kafka().faults(new Faults() {
                @Override
                public Fate lookup(String question) {
                    return question.equals("alter")
                            ? Fate.failed(GroupAuthorizationException.forGroupId(NOTE_GROUP))
                            : Fate.OK;
                }
            });

            Replay replay = tester.replayDlq(fast().build());
            tester.advance(Duration.ofSeconds(2));

            assertThat(replay.completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withMessageContaining(NOTE_GROUP);
            assertThat(tester.records("retry")).isEmpty();
        }
    }

    @Test
    void withoutARetryTopicItIsRefused() {
        try (MikaTester tester = MikaTester.builder()
                .dlqTopic("dlq")
                .consumer("orders", Delivery::ack)
                .start()) {
            assertThat(tester.replayDlq(slow).completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConfigException.class);
        }
    }

    @Test
    void withoutADeadLetterQueueItIsRefused() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .consumer("orders", Delivery::ack)
                .start()) {
            Replay replay = tester.replayDlq(slow);
            replay.cancel();

            assertThat(replay.progress().read()).isZero();
            assertThat(replay.completion())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(DlqNotConfiguredException.class);
        }
    }
}
