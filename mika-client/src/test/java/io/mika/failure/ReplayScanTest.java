package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayReport.Skipped;
import io.mika.event.ReplayRequest;
import io.mika.record.FailureHeaders;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ReplayScanTest {
    private static final TopicPartition PARTITION = new TopicPartition("dlq", 0);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none");
    private final ReplayCounts counts = new ReplayCounts();
    private final ReplayScan scan = new ReplayScan(
            "billing",
            new ReplayFilter(ReplayRequest.builder().build(), ""),
            counts,
            new AssignedReader(() -> kafka),
            new OriginalFetch(new AssignedReader(() -> kafka), new NoLookups(), error -> {
                throw new AssertionError(error);
            }));

    @Test
    void whatBearsNoLeaderEpochCannotBeNotedAndStays() {
        scan.add(new ReplayPartition(PARTITION, new Uuid(1, 2), 0, 0, 3, SettledRanges.NONE, SettledRanges.NONE));
        List<ConsumerRecord<byte[], byte[]>> log =
                List.of(dead(0, Optional.of(4)), dead(1, Optional.empty()), dead(2, Optional.of(4)));
        kafka.schedulePollTask(() -> log.forEach(kafka::addRecord));

        assertThat(found()).isZero();
        assertThat(found()).isEqualTo(2);
        assertThat(counts.matched).isEqualTo(3);
        assertThat(counts.report(End.COMPLETED, true, scan.report()).skipped())
                .containsExactly(Map.entry(Skipped.WITHOUT_EPOCH, 1L));
    }

    private long found() {
        ReplayScan.Step step = scan.next();
        while (step == ReplayScan.Step.MORE) {
            step = scan.next();
        }
        assertThat(step).isEqualTo(ReplayScan.Step.FOUND);
        ReplayScan.Found found = scan.take();
        long offset = found.failed().offset();
        var unused = found.partition().taken(offset);
        return offset;
    }

    private static ConsumerRecord<byte[], byte[]> dead(long offset, Optional<Integer> epoch) {
        return new ConsumerRecord<>(
                "dlq",
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                1,
                null,
                new byte[1],
                FailureHeaders.init(new RecordHeaders(), "billing", "orders", "no"),
                epoch);
    }

    /** Nobody asks anything. */
    private static final class NoLookups implements ReplayLookups {
        @Override
        public CompletableFuture<Optional<Queue>> describe(String topic) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Map<TopicPartition, Log>> logs(Collection<TopicPartition> partitions) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
                Collection<TopicPartition> partitions, long epochMillis) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, String topic) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
            throw new AssertionError("not asked");
        }

        @Override
        public void close(Duration timeout) {}
    }
}
