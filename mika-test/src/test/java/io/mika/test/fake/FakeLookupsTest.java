package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.engine.Lookups;
import io.mika.engine.Lookups.LogRange;
import io.mika.engine.Lookups.TopicFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class FakeLookupsTest {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition MISSING = new TopicPartition("missing", 0);

    private final VirtualClock clock = new VirtualClock();
    private final ScriptedFaults faults = new ScriptedFaults();
    private final FakeKafka kafka =
            new FakeKafka(clock).createTopic("orders", 2).faults(faults);
    private final Lookups lookups = kafka.lookups();

    @Test
    void whatTheBrokersDoNotKnowIsAbsent() {
        kafka.group("g").reset(P0, new OffsetAndMetadata(3, "text"));

        assertThat(lookups.committed("g", Set.of("orders")).join())
                .containsExactly(Map.entry(P0, new OffsetAndMetadata(3, "text")));
        assertThat(lookups.committed("g", Set.of("other")).join()).isEmpty();
        assertThat(lookups.ranges(List.of(P0, MISSING)).join()).containsOnlyKeys(P0);
        assertThat(lookups.offsetsAt(List.of(P0, MISSING), 0).join()).containsOnlyKeys(P0);
        assertThat(lookups.describe(Set.of("orders", "missing")).join()).containsOnlyKeys("orders");
    }

    @Test
    void rangesAndTimesFollowTheLog() {
        FakePartition log = kafka.partition(P0);
        for (long time = 10; time <= 30; time += 10) {
            log.append(time, null, null, new RecordHeaders());
        }
        log.deleteRecords(1);

        assertThat(lookups.ranges(List.of(P0)).join()).containsEntry(P0, new LogRange(1, 3));
        assertThat(lookups.offsetsAt(List.of(P0), 25).join()).containsEntry(P0, 2L);
        assertThat(lookups.offsetsAt(List.of(P0), 31).join()).containsEntry(P0, 3L);
    }

    @Test
    void aTopicCreatedAgainHasAnotherId() {
        TopicFacts before = describe();
        kafka.deleteTopic("orders");
        kafka.createTopic("orders", 2);

        assertThat(describe().topicId()).isNotEqualTo(before.topicId());
        assertThat(describe().partitions()).isEqualTo(2);
    }

    @Test
    void aLateAnswerComesWhenTheDriverRunsWhatIsDueAndSaysWhatIsTrueThen() {
        faults.nextLookup(Fate.late(Duration.ofSeconds(1)));
        CompletableFuture<Map<TopicPartition, LogRange>> asked = lookups.ranges(List.of(P0));
        kafka.partition(P0).append(null, "a");
        assertThat(asked).isNotDone();
        clock.advance(Duration.ofSeconds(1));
        kafka.runDue();

        assertThat(asked.join()).containsEntry(P0, new LogRange(0, 1));
    }

    @Test
    void aLookupFailsAsTheFaultSays() {
        faults.nextLookup(Fate.failed(new ClusterAuthorizationException("no")));

        assertThat(lookups.describe(Set.of("orders")))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(ClusterAuthorizationException.class);
    }

    @Test
    void whileTheBrokerIsDownLookupsWaitAndFailAfterTheirTimeout() {
        kafka.down();
        CompletableFuture<?> early = lookups.describe(Set.of("orders"));
        clock.advance(Duration.ofSeconds(20));
        CompletableFuture<?> late = lookups.describe(Set.of("orders"));
        clock.advance(Duration.ofSeconds(10));
        kafka.runDue();
        assertThat(early).isCompletedExceptionally();
        assertThat(early.handle((done, error) -> error).join()).isInstanceOf(TimeoutException.class);
        kafka.up();

        assertThat(late).isCompleted();
    }

    @Test
    void closingFailsWhatIsAsked() {
        faults.nextLookup(Fate.late(Duration.ofSeconds(1)));
        CompletableFuture<?> asked = lookups.describe(Set.of("orders"));
        lookups.close(Duration.ZERO);

        assertThat(asked).isCompletedExceptionally();
        assertThat(lookups.describe(Set.of("orders"))).isCompletedExceptionally();
    }

    private TopicFacts describe() {
        return java.util.Objects.requireNonNull(
                lookups.describe(Set.of("orders")).join().get("orders"));
    }
}
