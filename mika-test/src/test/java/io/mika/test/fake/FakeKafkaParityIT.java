package io.mika.test.fake;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading and committing on the fake broker is what it is on a real one, as far as a consumer can see. */
@WithBroker
class FakeKafkaParityIT {

    static List<Map<String, Object>> protocols() {
        return List.of(Reader.COOPERATIVE, Reader.CONSUMER);
    }

    @Test
    void recordsComeWithTheirEpochAndNextOffsetsPassTheMarkers(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::recordsAndNextOffsets);
    }

    @Test
    void withoutACommitPollThrowsUntilThereIsAPlaceAndAPausedSeekWillDo(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::noOffset);
    }

    @Test
    void positionsOutsideOfTheLogAreOutOfRange(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::outOfRange);
    }

    @Test
    void aTruncationIsReportedOnceAlsoForAPausedPartition(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::truncation);
    }

    @Test
    void aPausedPartitionIsNotOutOfRangeUntilResumed(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::pausedWhileRecordsAreDeleted);
    }

    @Test
    void offsetEpochAndTextAreCommittedAndTooMuchTextIsNot(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::committedRoundTrip);
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void callbacksOfCommitsRunInOrderAndBeforeCommitSyncReturns(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> callbacksOfCommits(script, protocol));
    }

    @Test
    void theLagIsKnownAfterAFetch(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::lag);
    }

    @Test
    void aWakeupEndsOneCall(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::wakeup);
    }

    @Test
    void illegalUseIsRefused(KafkaFixture kafka) {
        Parity.compare(kafka, FakeKafkaParityIT::illegalUse);
    }

    private static void recordsAndNextOffsets(Script script) {
        TopicPartition zero = script.partition(0);
        script.stage.produceInTransaction(zero, "a");
        script.stage.produceInTransaction(zero, "b");
        script.stage.produce(script.partition(1), "c");
        Reader reader = script.assigned(zero, script.partition(1));
        script.read("all", reader, 3);
        script.readTo("the last marker", reader, zero, 4);
        script.see("positions", reader.consumer.position(zero));
        reader.consumer.seek(zero, 3);
        script.readTo("only a marker", reader, zero, 4);
        script.see("nothing", reader.poll().nextOffsets());
        reader.consumer.seek(zero, new OffsetAndMetadata(2, Optional.of(0), ""));
        script.read("again with an epoch", reader, 1);

        Reader sip = new Reader(script.stage.consumer(null, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1)));
        sip.consumer.assign(List.of(zero));
        sip.consumer.seek(zero, 0);
        script.read("one at a time", sip, 1);
        script.read("and the next", sip, 1);
    }

    private static void noOffset(Script script) {
        script.stage.produce(script.partition(1), "b");
        script.commitStart(1);
        Reader reader = script.reader(Reader.COOPERATIVE).subscribe(script.stage.topic());
        script.read("without a commit", reader, 1);
        script.read("again", reader, 1);
        script.attempt("position", () -> reader.consumer.position(script.partition(0)));
        reader.consumer.pause(List.of(script.partition(0)));
        script.read("paused, but without a place", reader, 1);
        reader.consumer.seek(script.partition(0), 0);
        script.read("paused at 0", reader, 1);
        script.see(
                "committed",
                Collections.singletonList(null)
                        .equals(new ArrayList<>(reader.consumer
                                .committed(Set.of(script.partition(0)))
                                .values())));
    }

    private static void outOfRange(Script script) {
        TopicPartition zero = script.partition(0);
        for (String value : List.of("a", "b", "c")) {
            script.stage.produce(zero, value);
        }
        script.stage.deleteRecords(zero, 2);
        Reader reader = script.assigned(zero);
        script.read("below the start", reader, 1);
        script.read("again", reader, 1);
        reader.consumer.seek(zero, 7);
        script.read("above the end", reader, 1);
        script.see("position", reader.consumer.position(zero));
        reader.consumer.seek(zero, 2);
        script.read("at the start", reader, 1);
        script.see("beginning", Script.sorted(reader.consumer.beginningOffsets(List.of(zero))));
        script.see("end", Script.sorted(reader.consumer.endOffsets(List.of(zero))));
    }

    private static void truncation(Script script) {
        TopicPartition zero = script.partition(0);
        for (String value : List.of("a", "b", "c")) {
            script.stage.produce(zero, value);
        }
        Reader reader = script.assigned(zero);
        reader.consumer.pause(List.of(zero));
        reader.consumer.seek(zero, new OffsetAndMetadata(5, Optional.of(0), ""));
        script.read("the epoch ended before", reader, 1);
        script.linger(reader);
        script.see("and is reported once");
        reader.consumer.resume(List.of(zero));
        reader.consumer.seek(zero, new OffsetAndMetadata(2, Optional.of(0), ""));
        script.read("where the epoch has it", reader, 1);
    }

    private static void pausedWhileRecordsAreDeleted(Script script) {
        TopicPartition zero = script.partition(0);
        script.stage.produce(zero, "a");
        script.stage.produce(zero, "b");
        script.stage.deleteRecords(zero, 1);
        Reader reader = script.assigned(zero);
        reader.consumer.pause(List.of(zero));
        script.linger(reader);
        script.see("paused: not noticed");
        reader.consumer.resume(List.of(zero));
        script.read("resumed", reader, 1);
    }

    private static void committedRoundTrip(Script script) {
        script.commitStart(0, 1);
        TopicPartition zero = script.partition(0);
        TopicPartition one = script.partition(1);
        Reader reader = script.reader(Reader.COOPERATIVE).subscribe(script.stage.topic());
        script.pollUntil(() -> reader.consumer.assignment().size() == 2, reader);
        // Kafka answers committed() with a look-up that is under way, which may be older than the commit
        script.see("positions", reader.consumer.position(zero) + " " + reader.consumer.position(one));
        reader.consumer.commitSync(Map.of(zero, new OffsetAndMetadata(5, Optional.of(0), "some text")));
        script.see("committed", committed(reader, zero, one));
        script.attempt(
                "too much text",
                () -> reader.consumer.commitSync(Map.of(
                        zero,
                        new OffsetAndMetadata(6, "x".repeat(4097)),
                        one,
                        new OffsetAndMetadata(6, "y".repeat(4096)))));
        Map<TopicPartition, OffsetAndMetadata> left = committed(reader, zero, one);
        left.forEach((partition, offset) -> script.see(
                "left " + partition.partition(),
                offset.offset() + " " + offset.metadata().length()));
        script.attempt(
                "missing topic",
                () -> reader.consumer.commitSync(
                        Map.of(new TopicPartition("missing", 0), new OffsetAndMetadata(1)), Duration.ofMillis(300)));
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Reader reader, TopicPartition... partitions) {
        Map<TopicPartition, OffsetAndMetadata> sorted = new TreeMap<>(Topics.ORDER);
        sorted.putAll(reader.consumer.committed(Set.of(partitions)));
        Map<TopicPartition, OffsetAndMetadata> named = new TreeMap<>(Topics.ORDER);
        sorted.forEach((partition, offset) -> named.put(new TopicPartition("topic", partition.partition()), offset));
        return named;
    }

    private static void callbacksOfCommits(Script script, Map<String, Object> protocol) {
        for (String value : List.of("a", "b", "c", "d", "e")) {
            script.stage.produce(script.partition(0), value);
        }
        script.commitStart(0, 1);
        Reader reader = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(() -> reader.consumer.assignment().size() == 2, reader);
        List<String> called = new ArrayList<>();
        for (long offset = 1; offset <= 2; offset++) {
            reader.consumer.commitAsync(
                    Map.of(script.partition(0), new OffsetAndMetadata(offset)),
                    (offsets, error) ->
                            called.add(offsets.values().iterator().next().offset() + (error == null ? "" : " failed")));
            script.see("own callback not yet", !called.contains(Long.toString(offset)));
        }
        script.pollUntil(() -> called.size() == 2, reader);
        script.see("in order", called);
        called.clear();
        reader.consumer.commitAsync(
                Map.of(new TopicPartition("missing", 0), new OffsetAndMetadata(3)),
                (offsets, error) -> called.add(error.getClass().getSimpleName()));
        reader.commit(script.partition(0), 4);
        script.see("before commitSync returns", called);
        reader.consumer.commitAsync(
                Map.of(script.partition(0), new OffsetAndMetadata(5)), (offsets, error) -> called.add("5"));
        reader.consumer.close();
        script.see("before close returns", called);
    }

    private static void lag(Script script) {
        TopicPartition zero = script.partition(0);
        script.stage.produce(zero, "a");
        script.stage.produce(zero, "b");
        Reader reader = new Reader(script.stage.consumer(null, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1)));
        reader.consumer.assign(List.of(zero));
        reader.consumer.seek(zero, 0);
        script.see("before", reader.consumer.currentLag(zero));
        script.read("one", reader, 1);
        script.see("after", reader.consumer.currentLag(zero));
        script.attempt("unassigned", () -> reader.consumer.currentLag(script.partition(1)));
    }

    private static void wakeup(Script script) {
        Reader reader = script.assigned(script.partition(0));
        reader.consumer.wakeup();
        script.attempt("poll", reader::poll);
        script.attempt("poll again", () -> reader.poll().count());
        Reader member = script.reader(Reader.COOPERATIVE);
        member.consumer.assign(List.of(script.partition(0)));
        member.commit(script.partition(0), 0);
        member.consumer.wakeup();
        script.attempt("commitSync", () -> member.commit(script.partition(0), 1));
        member.consumer.wakeup();
        script.attempt("close", () -> member.consumer.close());
    }

    private static void illegalUse(Script script) {
        TopicPartition zero = script.partition(0);
        Reader reader = script.reader(Reader.COOPERATIVE);
        script.attempt("poll without a subscription", reader::poll);
        script.attempt("seek", () -> reader.consumer.seek(zero, 0));
        script.attempt("pause", () -> reader.consumer.pause(List.of(zero)));
        script.attempt("resume", () -> reader.consumer.resume(List.of(zero)));
        script.attempt("position", () -> reader.consumer.position(zero));
        reader.consumer.assign(List.of(zero));
        script.attempt("seek below 0", () -> reader.consumer.seek(zero, -1));
        script.attempt("subscribe", () -> reader.subscribe("other"));
        script.attempt("commit below 0", () -> reader.consumer.commitSync(Map.of(zero, new OffsetAndMetadata(-1))));
        reader.consumer.unsubscribe();
        reader.subscribe(script.stage.topic());
        script.attempt("assign", () -> reader.consumer.assign(List.of(zero)));
        reader.consumer.close();
        reader.consumer.close();
        script.attempt("closed: poll", reader::poll);
        script.attempt("closed: assignment", () -> reader.consumer.assignment());

        Reader alone = script.assigned(zero);
        script.attempt("commit without a group", () -> alone.commit(zero, 1));
        script.attempt("subscribe without a group", () -> alone.subscribe(script.stage.topic()));
        script.attempt("metadata without a group", () -> alone.consumer.groupMetadata());
    }
}
