package io.mika.test.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class FakeProducerTest {

    private final VirtualClock clock = new VirtualClock();
    private final ScriptedFaults faults = new ScriptedFaults();
    private final FakeKafka kafka =
            new FakeKafka(clock).createTopic("orders", 3).faults(faults);
    private final Producer<byte[], byte[]> producer = kafka.producer();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final List<String> outcomes = new ArrayList<>();

    @Test
    void aRecordIsInTheLogAtOnceAndAcknowledgedWhenTheDriverRunsWhatIsDue() throws Exception {
        ProducerRecord<byte[], byte[]> record = record(1, "a");
        record.headers().add("h", new byte[] {7});
        send(record);

        ConsumerRecord<byte[], byte[]> written =
                kafka.partition("orders", 1).records().get(0);
        assertThat(written.value()).asString(StandardCharsets.UTF_8).isEqualTo("a");
        assertThat(written.timestamp()).isEqualTo(clock.millis());
        assertThat(written.headers().lastHeader("h").value()).containsExactly(7);
        assertThat(sent.get(0).isDone()).isFalse();
        assertThat(kafka.runDue()).isTrue();
        assertThat(sent.get(0).get().offset()).isZero();
        assertThat(outcomes).containsExactly("a 1@0");
    }

    @Test
    void recordsOfOneKeyGoToOnePartitionAndThoseWithoutGoAround() {
        for (int i = 0; i < 3; i++) {
            send(new ProducerRecord<>("orders", bytes("key"), bytes("keyed")));
            send(new ProducerRecord<>("orders", bytes("keyless")));
        }

        List<Integer> sizes = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            sizes.add(kafka.partition("orders", number).records().size());
        }
        assertThat(sizes).containsExactlyInAnyOrder(1, 1, 4);
    }

    @Test
    void aLateRecordHoldsUpThoseBehindItInItsPartition() {
        faults.nextProduce(Fate.late(Duration.ofSeconds(1)));
        send(record(0, "late"));
        send(record(0, "behind"));
        send(record(1, "elsewhere"));
        kafka.runDue();
        assertThat(outcomes).containsExactly("elsewhere 1@0");
        pass(Duration.ofSeconds(1));

        assertThat(outcomes).containsExactly("elsewhere 1@0", "late 0@0", "behind 0@1");
    }

    @Test
    void aFailedRecordIsNotWrittenUnlessTheFaultSaysSo() {
        faults.nextProduce(Fate.failed(new NotEnoughReplicasException()))
                .nextProduce(Fate.failedThoughApplied(new TimeoutException()));
        send(record(0, "a"));
        send(record(0, "b"));
        kafka.runDue();

        assertThat(outcomes).containsExactly("a NotEnoughReplicasException", "b TimeoutException");
        assertThat(kafka.partition("orders", 0).records()).hasSize(1);
    }

    @Test
    void anUnansweredRecordIsSentAgainOnTheNextConnectionAndWrittenOnce() {
        faults.nextProduce(Fate.unanswered()).nextProduce(Fate.lost());
        send(record(0, "a"));
        send(record(0, "b"));
        kafka.runDue();
        assertThat(outcomes).isEmpty();
        kafka.reconnect();
        kafka.runDue();

        assertThat(outcomes).containsExactly("a 0@0", "b 0@1");
        assertThat(kafka.partition("orders", 0).records()).hasSize(2);
    }

    @Test
    void anUnansweredRecordFailsAfterTheDeliveryTimeout() {
        faults.nextProduce(Fate.unanswered());
        send(record(0, "a"));
        pass(Duration.ofMinutes(2));

        assertThat(outcomes).containsExactly("a TimeoutException");
        assertThat(kafka.partition("orders", 0).records()).hasSize(1);
    }

    @Test
    void whileTheBrokerIsDownRecordsWaitInOrder() {
        kafka.down();
        send(record(0, "a"));
        send(record(0, "b"));
        kafka.runDue();
        assertThat(outcomes).isEmpty();
        kafka.up();
        kafka.runDue();

        assertThat(outcomes).containsExactly("a 0@0", "b 0@1");
    }

    @Test
    void aRecordThatWaitsTooLongExpires() {
        kafka.down();
        send(record(0, "a"));
        pass(Duration.ofMinutes(2));
        kafka.up();
        kafka.runDue();

        assertThat(outcomes).containsExactly("a TimeoutException");
        assertThat(kafka.partition("orders", 0).records()).isEmpty();
    }

    @Test
    void aMissingTopicIsCreatedUnlessForbidden() {
        send(new ProducerRecord<>("new", bytes("a")));
        kafka.runDue();
        outcomes.clear();
        assertThat(kafka.partition("new", 0).records()).hasSize(1);

        kafka.autoCreate(false);
        send(new ProducerRecord<>("missing", bytes("a")));
        pass(Duration.ofMinutes(1));
        assertThat(outcomes).containsExactly("a TimeoutException");
        assertThat(kafka.topics()).containsExactly("new", "orders");
    }

    @Test
    void theProducerRefusesWhatItsOwnLimitForbidsAndTheBrokerTheRest() {
        Producer<byte[], byte[]> small = kafka.producer(Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1000));
        send(small, new ProducerRecord<>("orders", new byte[2000]));
        assertThat(outcomes.get(0)).endsWith("RecordTooLargeException");

        kafka.maxMessageBytes(1000);
        send(new ProducerRecord<>("orders", 0, null, new byte[2000]));
        kafka.runDue();
        assertThat(outcomes.get(1)).endsWith("RecordTooLargeException");
    }

    @Test
    void inAFatalStateWhatIsUnderWayFailsAndNothingMoreIsSent() {
        faults.nextProduce(Fate.late(Duration.ofSeconds(1)));
        send(record(0, "a"));
        kafka.breakProducers(new OutOfOrderSequenceException("lost"));
        kafka.runDue();

        assertThat(outcomes).containsExactly("a OutOfOrderSequenceException");
        assertThatThrownBy(() -> send(record(0, "b")))
                .isInstanceOf(KafkaException.class)
                .hasRootCauseInstanceOf(OutOfOrderSequenceException.class);
        pass(Duration.ofSeconds(1));
        assertThat(kafka.partition("orders", 0).records()).isEmpty();
        send(kafka.producer(), record(0, "c"));
        assertThat(kafka.partition("orders", 0).records()).hasSize(1);
    }

    @Test
    void flushWaitsForWhatIsUnderWay() {
        faults.nextProduce(Fate.late(Duration.ofSeconds(1)));
        send(record(0, "a"));
        producer.flush();

        assertThat(outcomes).containsExactly("a 0@0");
    }

    @Test
    void closeFailsWhatIsNotWrittenInTime() {
        faults.nextProduce(Fate.late(Duration.ofSeconds(5)));
        send(record(0, "a"));
        producer.close(Duration.ofSeconds(1));

        assertThat(outcomes).containsExactly("a KafkaException");
        assertThat(clock.nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThatThrownBy(() -> send(record(0, "b"))).isInstanceOf(IllegalStateException.class);
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        send(producer, record);
    }

    private void send(Producer<byte[], byte[]> by, ProducerRecord<byte[], byte[]> record) {
        String value = new String(record.value(), StandardCharsets.UTF_8).trim();
        sent.add(by.send(
                record,
                (done, error) -> outcomes.add(value + " "
                        + (error == null
                                ? done.partition() + "@" + done.offset()
                                : error.getClass().getSimpleName()))));
    }

    private void pass(Duration time) {
        clock.advance(time);
        kafka.runDue();
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, String value) {
        return new ProducerRecord<>("orders", partition, null, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
