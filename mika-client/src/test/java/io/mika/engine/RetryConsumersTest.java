package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Source;
import io.mika.event.SkipReason;
import io.mika.failure.Destination;
import io.mika.failure.FailureProducer;
import io.mika.record.FailureHeaders;
import io.mika.record.FailureHop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records whose consumer is not here. */
class RetryConsumersTest {
    private static final Duration UNCLAIMED_FOR = Duration.ofMinutes(15);
    private static final long NOW = Duration.ofDays(20_000).toMillis();

    private final HandContext context = new HandContext();
    private final EngineEvents events = new EngineEvents("test", "", List.of(), Runnable::run);
    private final MockProducer<byte[], byte[]> broker =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private int retryPartitions = 4;

    private RetryConsumers consumers(boolean withDlq) {
        Writes writes = new Writes(
                "billing", destination("retry"), withDlq ? destination("dlq") : null, context, events, () -> NOW);
        return new RetryConsumers(
                "billing",
                new WaitingBudget(Limits.DEFAULT),
                asked -> {},
                writes,
                () -> NOW,
                UNCLAIMED_FOR,
                () -> retryPartitions,
                () -> 0);
    }

    private Destination destination(String topic) {
        return new Destination(
                topic,
                new FailureProducer(() -> broker),
                Runnable::run,
                context::nanoTime,
                () -> 0.5,
                (where, error) -> {});
    }

    private static Headers unclaimed() {
        return FailureHeaders.init(new RecordHeaders(), "billing", "invoices", "no");
    }

    private static Headers unclaimedSince(Duration ago) {
        return FailureHop.parkUnclaimed(unclaimed(), "billing", NOW - ago.toMillis(), NOW);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private WaitingRecord waiting(int partition, Headers headers) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "retry",
                partition,
                0,
                0L,
                TimestampType.CREATE_TIME,
                1,
                2,
                new byte[1],
                new byte[2],
                headers,
                Optional.empty());
        Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {});
        Lane lane = new Lane(LaneFixture.PARTITION, binding, context, new Dispatch(task -> {}, 1, context));
        return new WaitingRecord(new Chunk(lane, new ConsumerRecord[] {record}, 1, true), 0, record, null, 0);
    }

    private static FailureHeaders headers(ProducerRecord<byte[], byte[]> record) {
        return FailureHeaders.read(record.headers(), "billing").orElseThrow();
    }

    private ProducerRecord<byte[], byte[]> written() {
        assertThat(broker.history()).hasSize(1);
        return broker.history().get(0);
    }

    @Test
    void oneThatIsSeenFirstIsParkedForHalfAMinuteOnTheNextPartition() {
        WaitingRecord record = waiting(1, unclaimed());

        assertThat(consumers(true).passOn(record, Source.RETRY)).isEqualTo(SkipReason.UNCLAIMED);
        assertThat(written().topic()).isEqualTo("retry");
        assertThat(written().partition()).isEqualTo(2);
        assertThat(written().key()).isSameAs(record.record().key());
        assertThat(written().value()).isSameAs(record.record().value());
        assertThat(headers(written()).notBefore()).hasValue(Instant.ofEpochMilli(NOW + 30_000));
        assertThat(headers(written()).unclaimedSince()).hasValue(Instant.ofEpochMilli(NOW));
    }

    @Test
    void itIsSettledWhenThatIsWritten() {
        WaitingRecord record = waiting(1, unclaimed());
        consumers(true).passOn(record, Source.RETRY);

        assertThat(record.chunk().state(0)).isEqualTo(SettleState.FAILING);
        broker.completeNext();
        assertThat(record.chunk().state(0)).isEqualTo(SettleState.WRITTEN);
    }

    @ParameterizedTest
    @CsvSource({"0, 4, 1", "3, 4, 0", "0, 1, 0", "2, 0, "})
    void thePartitionsAreARing(int partition, int partitions, Integer next) {
        retryPartitions = partitions;
        consumers(true).passOn(waiting(partition, unclaimed()), Source.RETRY);

        assertThat(written().partition()).isEqualTo(next);
    }

    @Test
    void whatNobodyClaimedForTooLongIsDeadLettered() {
        Headers headers = unclaimedSince(UNCLAIMED_FOR);

        assertThat(consumers(true).passOn(waiting(0, headers), Source.RETRY)).isEqualTo(SkipReason.UNCLAIMED_TOO_LONG);
        assertThat(written().topic()).isEqualTo("dlq");
        assertThat(headers(written()).unclaimedSince()).isPresent();
        assertThat(headers(written()).notBefore()).isEmpty();
    }

    @Test
    void shortOfThatItIsParkedOn() {
        Headers headers = unclaimedSince(UNCLAIMED_FOR.minusMillis(1));

        assertThat(consumers(true).passOn(waiting(0, headers), Source.RETRY)).isEqualTo(SkipReason.UNCLAIMED);
        assertThat(written().topic()).isEqualTo("retry");
        assertThat(headers(written()).unclaimedSince())
                .hasValue(Instant.ofEpochMilli(NOW - UNCLAIMED_FOR.toMillis() + 1));
    }

    @ParameterizedTest(name = "{0} minutes unclaimed: for another {1} minutes")
    @CsvSource({"15, 15", "40, 40", "60, 60", "6000, 60"})
    void withoutADeadLetterQueueItIsParkedOnEverMoreSlowly(int minutes, int delay) {
        Headers headers = unclaimedSince(Duration.ofMinutes(minutes));

        assertThat(consumers(false).passOn(waiting(0, headers), Source.RETRY)).isEqualTo(SkipReason.UNCLAIMED);
        assertThat(written().topic()).isEqualTo("retry");
        assertThat(headers(written()).notBefore())
                .hasValue(Instant.ofEpochMilli(NOW).plus(Duration.ofMinutes(delay)));
    }

    @Test
    void fromTheDeadLetterQueueItGoesBackToTheEndOfThat() {
        assertThat(consumers(true).passOn(waiting(0, unclaimed()), Source.DLQ)).isEqualTo(SkipReason.UNCLAIMED);
        assertThat(written().topic()).isEqualTo("dlq");
    }

    @Test
    void whatIsOfYesterdaysAssignmentIsNotWritten() {
        WaitingRecord record = waiting(0, unclaimed());
        record.chunk().lane.discard(record.chunk(), 0);
        consumers(true).passOn(record, Source.RETRY);

        assertThat(broker.history()).isEmpty();
    }
}
