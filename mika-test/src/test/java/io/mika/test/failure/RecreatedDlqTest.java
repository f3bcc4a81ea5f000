package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.error.MikaException;
import io.mika.event.ClientListener;
import io.mika.event.Replay;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayRequest;
import io.mika.test.MikaTester;
import io.mika.test.fake.FakeGroup;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A dead letter queue that is deleted and created again: what was to be read of it is gone, and the new one is not it. */
class RecreatedDlqTest extends ReplayStage {
    private static final TopicPartition DLQ = new TopicPartition("dlq", 0);

    private final ReplayRequest slow = ReplayRequest.builder().rate(10).build();
    private final AtomicInteger passes = new AtomicInteger();

    @Test
    void aPassOverTheOldOneEndsAndTakesNothingOfTheNewOne() {
        try (MikaTester tester = tester()) {
            fail(tester, 5);
            mended = true;
            leftOpen = "v3";
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(seen()).hasSize(5);
            Delivery open = deliveries.get(seen().indexOf(leftOpen));
            assertThat(passes).hasValue(0);

            createAgain(tester, 10);
            tester.advance(Duration.ofSeconds(60));
            assertThat(open.ack()).isEqualTo(Settlement.NOT_OWNED);
            assertThat(seen()).hasSize(5);
            assertThat(passes).hasValue(1);
            assertThat(tester.committed("dlq", 0)).hasValue(0);
        }
    }

    @Test
    void aPassThatHasReadNothingYetTakesNothingOfTheNewOneUpToWhereTheOldOneEnded() {
        try (MikaTester tester = tester()) {
            fail(tester, 5);
            mended = true;
            tester.kafka().faults(nothingIsFetched());
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            createAgain(tester, 10);
            tester.advance(Duration.ofSeconds(60));
            tester.kafka().faults(Faults.NONE);
            tester.advance(Duration.ofSeconds(10));
            assertThat(seen()).isEmpty();
            assertThat(passes).hasValue(1);

            var unusedToo = tester.disableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            var unusedThen = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            assertThat(seen()).hasSize(10);
            assertThat(passes).hasValue(2);
            assertThat(tester.committed("dlq", 0)).hasValue(10);
        }
    }

    @Test
    void aReplayOfOneThatIsDeletedFails() {
        try (MikaTester tester = tester()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(3));

            tester.kafka().deleteTopic("dlq");
            tester.advance(Duration.ofSeconds(10));

            assertFailed(replay, "the dead letter queue dlq was deleted during its replay");
            assertThat(replay.progress().replayed()).isBetween(20L, 100L).isEqualTo(seen().size());
            assertThat(replay.progress().end()).isEqualTo(End.CANCELLED);
        }
    }

    @Test
    void aReplayOfTheOldOneNotesNothingOfTheNewOneAndForgetsNothing() {
        try (MikaTester tester = tester();
                MikaTester other = tester.another()) {
            fail(tester, 100);
            mended = true;
            Replay replay = tester.replayDlq(slow);
            tester.advance(Duration.ofSeconds(3));

            createAgain(tester, 20);
            assertThat(replay(other, fast().build()).replayed()).isEqualTo(20);
            tester.advance(Duration.ofSeconds(10));

            assertFailed(replay, "the dead letter queue dlq was deleted and created again during its replay");
            assertThat(replay(other, fast().build()).replayed()).isZero();
        }
    }

    @Test
    void whatIsCommittedOfTheOldOneIsNotPassedOverByAReplayOfTheNewOne() {
        try (MikaTester tester = tester()) {
            fail(tester, 5);
            mended = true;
            var unused = tester.enableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));
            FakeGroup group = tester.kafka().group("test");
            OffsetAndMetadata commit = group.committed(DLQ).orElseThrow();
            var unusedToo = tester.disableDlqConsumption();
            tester.advance(Duration.ofSeconds(5));

            createAgain(tester, 10);
            group.reset(DLQ, commit); // by a member that had not heard of it

            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(10);
        }
    }

    @Test
    void aReplayThatIsThroughWhenTheNewOneIsThereFailsToo() {
        try (MikaTester tester = tester()) {
            fail(tester, 10);
            mended = true;
            tester.kafka().faults(nothingIsFetched());
            Replay replay = tester.replayDlq(fast().build());
            tester.advance(Duration.ofSeconds(1));

            createAgain(tester, 20);
            tester.kafka().faults(Faults.NONE);
            tester.advance(Duration.ofSeconds(2));

            assertFailed(replay, "created again during its replay");
            assertThat(replay(tester, fast().build()).replayed()).isEqualTo(20);
        }
    }

    @Test
    void aDryRunFailsLikewise() {
        try (MikaTester tester = tester()) {
            fail(tester, 10);
            tester.kafka().faults(nothingIsFetched());
            Replay waiting = tester.replayDlq(fast().dryRun().build());
            tester.advance(Duration.ofSeconds(1));
            tester.kafka().deleteTopic("dlq");
            tester.advance(Duration.ofSeconds(10));
            assertFailed(waiting, "was deleted during its replay");

            tester.kafka().createTopic("dlq", 1);
            fill(tester, 10);
            Replay through = tester.replayDlq(fast().dryRun().build());
            tester.advance(Duration.ofSeconds(1));
            createAgain(tester, 20);
            tester.kafka().faults(Faults.NONE);
            tester.advance(Duration.ofSeconds(1));
            assertFailed(through, "created again during its replay");
        }
    }

    private static void assertFailed(Replay replay, String why) {
        assertThat(replay.completion())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(MikaException.class)
                .withMessageContaining(why)
                .withMessageContaining("begin another replay");
    }

    private MikaTester tester() {
        return builder(1)
                .listener(new ClientListener() {
                    @Override
                    public void onDlqPassCompleted() {
                        passes.incrementAndGet();
                    }
                })
                .start();
    }

    private static void createAgain(MikaTester tester, int records) {
        tester.kafka().deleteTopic("dlq");
        tester.kafka().createTopic("dlq", 1);
        fill(tester, records);
    }

    private static void fill(MikaTester tester, int records) {
        for (int i = 0; i < records; i++) {
            tester.publish(dead(0, "test", "orders", "new" + i));
        }
    }

    private static Faults nothingIsFetched() {
        return new Faults() {
            @Override
            public int fetch(String member, TopicPartition partition, int room) {
                return 0;
            }
        };
    }
}
