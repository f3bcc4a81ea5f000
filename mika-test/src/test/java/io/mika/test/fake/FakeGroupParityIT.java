package io.mika.test.fake;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups of the fake broker do what those of a real one do, as far as a consumer can see. */
@WithBroker
class FakeGroupParityIT {

    static List<Map<String, Object>> protocols() {
        return List.of(Reader.COOPERATIVE, Reader.EAGER, Reader.CONSUMER);
    }

    @Test
    void anAssignedConsumerCommitsToAnEmptyGroupAlone(KafkaFixture kafka) {
        Parity.compare(kafka, FakeGroupParityIT::strangerCommits);
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void anExOwnersCommitIsAccepted(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> exOwnerCommits(script, protocol));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void aPauseSurvivesARebalanceThatLeavesThePartitionWhereItIs(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> pauseOverRebalance(script, protocol));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void whoIsThrownOutCannotCommitAndLosesItsPartitionsInPoll(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> expired(script, protocol));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void theListenerHearsWhatMoves(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> whatTheListenerHears(script, protocol));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void newPartitionsAreAssignedAndThoseOfADeletedTopicRevoked(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> partitionsThatComeAndGo(script, protocol));
    }

    static List<Map<String, Object>> classic() {
        return List.of(Reader.COOPERATIVE, Reader.EAGER); // of the other one the coordinator sees it, some time later
    }

    @ParameterizedTest
    @MethodSource("classic")
    void aTopicThatIsCreatedAgainAtOnceIsReadOnAndNobodyIsTold(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> createdAgain(script, protocol));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void aListenerThatThrowsEndsThePollAndKeepsThePartitions(Map<String, Object> protocol, KafkaFixture kafka) {
        Parity.compare(kafka, script -> failingListener(script, protocol));
    }

    private static void strangerCommits(Script script) {
        script.commitStart(0, 1);
        Reader member = script.reader(Reader.COOPERATIVE).subscribe(script.stage.topic());
        script.pollUntil(() -> member.consumer.assignment().size() == 2, member);
        Reader stranger = script.reader(Map.of());
        stranger.consumer.assign(List.of(script.partition(0)));
        script.attempt("commit", () -> stranger.commit(script.partition(0), 1));
        member.consumer.close();
        script.attempt("commit to an empty group", () -> stranger.commit(script.partition(0), 1));
    }

    private static void exOwnerCommits(Script script, Map<String, Object> protocol) {
        Reader[] readers = share(script, protocol);
        TopicPartition lost = readers[1].consumer.assignment().iterator().next();
        OffsetAndMetadata offset = new OffsetAndMetadata(42, "from the ex-owner");
        script.attempt("commit", () -> readers[0].consumer.commitSync(Map.of(lost, offset)));
        script.see("committed", readers[1].consumer.committed(Set.of(lost)).containsValue(offset));
    }

    /** Two members, one partition each, joined one after the other. */
    private static Reader[] share(Script script, Map<String, Object> protocol) {
        script.commitStart(0, 1);
        Reader one = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(() -> one.consumer.assignment().size() == 2, one);
        Reader two = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(
                () -> one.consumer.assignment().size() == 1
                        && two.consumer.assignment().size() == 1,
                one,
                two);
        script.linger(one, two);
        return new Reader[] {one, two};
    }

    private static void pauseOverRebalance(Script script, Map<String, Object> protocol) {
        script.commitStart(0, 1);
        Reader one = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(() -> one.consumer.assignment().size() == 2, one);
        one.consumer.pause(one.consumer.assignment());
        Reader two = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(
                () -> one.consumer.assignment().size() == 1
                        && two.consumer.assignment().size() == 1,
                one,
                two);
        script.see("kept and still paused", one.consumer.paused().equals(one.consumer.assignment()));
        script.see("new and not paused", two.consumer.paused());
    }

    private static void expired(Script script, Map<String, Object> protocol) {
        script.stage.produce(script.partition(0), "a");
        script.commitStart(0, 1);
        Map<String, Object> impatient = new HashMap<>(protocol);
        impatient.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 1500);
        Reader reader = script.reader(impatient).subscribe(script.stage.topic());
        script.pollUntil(() -> reader.consumer.assignment().size() == 2, reader);
        script.stage.expire(reader.consumer);
        script.see("assigned", reader.consumer.assignment().size());
        script.attempt("commit", () -> reader.commit(script.partition(0), 1));
        script.pollUntil(() -> reader.told.size() >= 3, reader);
        script.see("told", reader.told);
        script.attempt("commit again", () -> reader.commit(script.partition(0), 1));
    }

    private static void whatTheListenerHears(Script script, Map<String, Object> protocol) {
        Reader[] readers = share(script, protocol);
        script.see("the first", changes(readers[0]));
        script.see("the second", changes(readers[1]));
        readers[1].told.clear();
        readers[1].consumer.close();
        script.see("closing", changes(readers[1]));
        script.pollUntil(() -> readers[0].consumer.assignment().size() == 2, readers[0]);
        readers[0].told.clear();
        readers[0].consumer.unsubscribe();
        script.see("unsubscribed", changes(readers[0]));
        script.see("assignment", readers[0].consumer.assignment());
    }

    /** What the listener was told, but for empty sets, and how many partitions where the assignor chooses which. */
    private static List<String> changes(Reader reader) {
        return reader.told.stream()
                .filter(told -> !told.endsWith("[]"))
                .map(told -> told.split(" ", 2)[0] + " "
                        + Arrays.asList(told.split(",")).size())
                .toList();
    }

    private static void partitionsThatComeAndGo(Script script, Map<String, Object> protocol) {
        script.commitStart(0, 1);
        Reader reader = script.reader(protocol).subscribe(script.stage.topic());
        script.pollUntil(() -> reader.consumer.assignment().size() == 2, reader);
        reader.consumer.pause(List.of(script.partition(0)));
        script.stage.growTopic(3);
        script.attempt("a new partition", () -> script.pollUntil(() -> false, reader));
        script.see("assigned", reader.consumer.assignment().size());
        script.see("paused", Script.numbers(reader.consumer.paused()));
        reader.consumer.seek(script.partition(2), 0);
        script.stage.deleteTopic();
        script.pollUntil(() -> reader.consumer.assignment().isEmpty(), reader);
        script.see(
                "told",
                reader.told.stream().filter(told -> !told.endsWith("[]")).toList());
    }

    private static void createdAgain(Script script, Map<String, Object> protocol) {
        script.commitStart(0, 1);
        Map<String, Object> unaware = new HashMap<>(protocol); // who looks in between sees no topic, and rejoins
        unaware.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 60_000);
        Reader reader = script.reader(unaware).subscribe(script.stage.topic());
        script.stage.produce(script.partition(0), "a");
        script.stage.produce(script.partition(0), "b");
        script.read("before", reader, 2);
        reader.told.clear();
        script.stage.deleteTopic();
        script.stage.createTopic(2);
        for (String value : List.of("c", "d", "e")) {
            script.stage.produce(script.partition(0), value);
        }
        script.pollUntil(() -> reader.consumer.position(script.partition(0)) == 3, reader);
        script.see(
                "told",
                reader.told.stream().filter(told -> !told.endsWith("[]")).toList());
        script.attempt("a commit of the old offset", () -> reader.commit(script.partition(0), 2));
    }

    private static void failingListener(Script script, Map<String, Object> protocol) {
        script.commitStart(0, 1);
        Reader reader = script.reader(protocol);
        boolean[] thrown = {false};
        reader.consumer.subscribe(List.of(script.stage.topic()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                if (!partitions.isEmpty() && !thrown[0]) {
                    thrown[0] = true;
                    throw new IllegalArgumentException("no");
                }
            }
        });
        script.attempt("poll", () -> script.pollUntil(() -> false, reader));
        script.see("assigned", reader.consumer.assignment().size());
    }
}
