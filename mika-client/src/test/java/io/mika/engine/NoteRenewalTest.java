package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.failure.ReplayNote;
import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NoteRenewalTest {
    private static final String NOTE_GROUP = ReplayNote.group("billing");
    private static final TopicPartition PARTITION = new TopicPartition("dlq", 0);
    private static final Uuid TOPIC_ID = new Uuid(1, 2);

    private final Brokers brokers = new Brokers();
    private final Loop loop = new Loop();
    private final NoteRenewal renewal = new NoteRenewal(loop, brokers, "billing", "dlq");

    private void noted(Optional<String> run, SettledRanges replayed) {
        CommitText.Content content = new CommitText.Content(1, OptionalLong.empty(), run, replayed);
        CommitText.Place place = new CommitText.Place(NOTE_GROUP, TOPIC_ID, PARTITION, 0);
        String text = CommitText.write(place, content, CommitText.LIMIT).text();
        brokers.committed.put(PARTITION, new OffsetAndMetadata(0, text));
    }

    @Test
    void theNoteIsCommittedOnceMoreAtTheStartAndDaily() {
        noted(Optional.empty(), SettledRanges.of(3, 9, 0));

        renewal.advance(loop.now);
        renewal.advance(loop.now);
        assertThat(brokers.altered).containsExactly(brokers.committed);

        renewal.advance(loop.now + Duration.ofHours(23).toNanos());
        assertThat(brokers.altered).hasSize(1);
        renewal.advance(loop.now + Duration.ofHours(24).toNanos());
        assertThat(brokers.altered).hasSize(2);
    }

    @Test
    void aReplayUnderWayIsNotDisturbed() {
        noted(Optional.of("a@" + (loop.wallMillis() - 5_000)), SettledRanges.of(3, 9, 0));

        renewal.advance(loop.now);

        assertThat(brokers.altered).isEmpty();
    }

    @Test
    void whereNothingWasReplayedNothingIsWritten() {
        renewal.advance(loop.now);
        noted(Optional.empty(), SettledRanges.NONE);
        renewal.advance(loop.now + Duration.ofDays(1).toNanos());

        assertThat(brokers.altered).isEmpty();
    }

    /** The brokers, who answer at once. */
    private static final class Brokers implements Lookups {
        private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        private final List<Map<TopicPartition, OffsetAndMetadata>> altered = new ArrayList<>();

        @Override
        public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, Set<String> topics) {
            assertThat(group).isEqualTo(NOTE_GROUP);
            return CompletableFuture.completedFuture(Map.copyOf(committed));
        }

        @Override
        public CompletableFuture<Map<TopicPartition, LogRange>> ranges(Collection<TopicPartition> partitions) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
                Collection<TopicPartition> partitions, long epochMillis) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Map<String, TopicFacts>> describe(Set<String> topics) {
            return CompletableFuture.completedFuture(Map.of("dlq", new TopicFacts(TOPIC_ID, 1)));
        }

        @Override
        public CompletableFuture<Setup> setup(@Nullable String group, Set<String> topics) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
            altered.add(offsets);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close(Duration timeout) {}
    }

    /** The loop, which does at once what it is told. */
    private static final class Loop implements LoopContext {
        private final long now = 42;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long wallMillis() {
            return 1_767_225_600_000L;
        }

        @Override
        public EngineEvents events() {
            return new EngineEvents("test", "", List.of(), Runnable::run);
        }

        @Override
        public void command(Runnable command) {
            command.run();
        }

        @Override
        public void lookupFailed(String what, Throwable error) {
            throw new AssertionError(what, error);
        }

        @Override
        public void fatal(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onCallbacks(Runnable completion) {
            completion.run();
        }

        @Override
        public void meanwhile() {}

        @Override
        public void commitAtOnce() {}
    }
}
