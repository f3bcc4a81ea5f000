package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.event.ReplayReport;
import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ReplayPartitionTest {
    private static final TopicPartition PARTITION = new TopicPartition("dlq", 0);
    private static final Uuid TOPIC_ID = new Uuid(1, 2);

    private final ReplayPartition partition = partition(0, 1_000_000, SettledRanges.NONE);

    private static ReplayPartition partition(long from, long end, SettledRanges replayed) {
        return new ReplayPartition(PARTITION, TOPIC_ID, 0, from, end, SettledRanges.NONE, replayed);
    }

    private SettledRanges.Range take(long offset, int epoch) {
        partition.at(offset, epoch);
        return partition.taken(offset);
    }

    @Test
    void whatCanNeverBeReplayedIsNotedWithItsNeighbour() {
        take(3, 0);
        partition.at(4, 0);
        partition.passed(4);
        partition.at(7, 0);
        partition.passed(7);

        assertThat(take(9, 0)).isEqualTo(new SettledRanges.Range(4, 10, 0));
    }

    @Test
    void whatStaysIsNot() {
        take(3, 0);
        partition.at(4, 0);
        partition.left(4);

        assertThat(take(9, 0)).isEqualTo(new SettledRanges.Range(5, 10, 0));
    }

    @Test
    void aRangeIsOfOneEpoch() {
        take(3, 0);
        partition.at(4, 0);
        partition.passed(4);

        assertThat(take(9, 1)).isEqualTo(new SettledRanges.Range(9, 10, 1));
    }

    @Test
    void itStoppedWhereSomethingWasNotWritten() {
        take(3, 0);
        take(4, 0);
        take(5, 0);
        assertThat(partition.report().stoppedAt()).isEqualTo(3);
        partition.done(3);
        assertThat(partition.report().stoppedAt()).isEqualTo(4);
        partition.notWritten(4);
        partition.done(5);

        assertThat(partition.report()).isEqualTo(new ReplayReport.Partition(0, 0, 4, 1_000_000, false));
    }

    @Test
    void anythingThatHasRoomCanBeWritten() {
        for (int seed = 0; seed < 24; seed++) {
            Random random = new Random(seed);
            ReplayPartition filled = partition(0, Long.MAX_VALUE, SettledRanges.NONE);
            SettledRanges.Builder taken = SettledRanges.builder();
            int gap = 1 + random.nextInt(seed % 2 == 0 ? 3 : 100_000);
            int run = 1 + random.nextInt(seed % 3 == 0 ? 3 : 1_000);
            int epoch = 0;
            long records = 0;
            long offset = 0;
            while (records++ < 400_000) {
                boolean jump = random.nextInt(run) == 0;
                offset += jump ? 1 + random.nextInt(gap) : 1;
                epoch += random.nextInt(5_000) == 0 ? 1 : 0;
                filled.at(offset, epoch);
                if (jump) {
                    filled.left(offset - 1);
                }
                if (!filled.hasRoom(offset)) {
                    break;
                }
                SettledRanges.Range range = filled.taken(offset);
                taken.add(range.from(), range.to(), range.epoch());
            }
            assertFits(seed, taken.build());
        }
    }

    private static void assertFits(int seed, SettledRanges replayed) {
        ReplayNote note = new ReplayNote(
                Map.of(PARTITION, replayed),
                Optional.of(new ReplayNote.Run("0123456789-0123456789-0123456789-0123", 1_767_225_600_000L)));
        Map<TopicPartition, ReplayLookups.Log> logs = new HashMap<>();
        logs.put(PARTITION, new ReplayLookups.Log(0, Long.MAX_VALUE));
        Map<TopicPartition, OffsetAndMetadata> commits =
                note.commits("billing.mika-replay", new ReplayLookups.Queue(TOPIC_ID, logs));

        assertThat(ReplayNote.read("billing.mika-replay", TOPIC_ID, commits))
                .as("seed %d, %d ranges", seed, replayed.ranges().size())
                .isEqualTo(note);
        assertThat(commits.values()).allMatch(commit -> commit.metadata().length() <= CommitText.LIMIT);
    }

    @Test
    void aNoteThatIsFullAlreadyHasNoRoom() {
        SettledRanges.Builder much = SettledRanges.builder();
        for (int i = 0; i < 12_000; i++) {
            much.add(2L * i, 2L * i + 1, 0);
        }
        ReplayPartition full = partition(0, 1_000_000, much.build());
        full.at(500_000, 0);

        assertThat(full.hasRoom(500_000)).isFalse();
        assertThat(full.isFull()).isTrue();
        assertThat(full.isDone()).isTrue();
        assertThat(full.report().noteFull()).isTrue();
    }
}
