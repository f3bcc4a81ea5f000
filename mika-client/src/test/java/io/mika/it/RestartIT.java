package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that leaves some records open while it acks all others is killed (SIGKILL), in a heap that could not hold what
 * it acked. Its successor is handed what is open, and what was settled since the last commit; nothing else.
 */
@WithBroker
class RestartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @ParameterizedTest
    @ValueSource(ints = {1, 500})
    void onlyWhatIsOpenComesAgain(int open, KafkaFixture kafka, TestReporter report) throws Exception {
        killAndRestart(open, 60_000, kafka, report);
    }

    @Tag("campaign")
    @ParameterizedTest
    @ValueSource(ints = {1, 500})
    void onlyWhatIsOpenComesAgainOfAMillion(int open, KafkaFixture kafka, TestReporter report) throws Exception {
        killAndRestart(open, 1_000_000, kafka, report);
    }

    private static void killAndRestart(int open, int records, KafkaFixture kafka, TestReporter report)
            throws Exception {
        String orders = kafka.topic("orders", 1);
        TopicPartition partition = new TopicPartition(orders, 0);
        String group = kafka.group("restarted");
        List<String> args = List.of(kafka.bootstrapServers(), group, orders, Integer.toString(records / open));
        Records.publish(kafka, orders, IntStream.range(0, records));
        liveAndDie(args, records * 4 / 5, () -> {
            OffsetAndMetadata commit = committed(kafka, group, partition);
            return settled(kafka, group, partition, commit).offsets() > records / 4;
        });

        OffsetAndMetadata commit = lastCommit(kafka, group, partition);
        SettledRanges settled = settled(kafka, group, partition, commit);
        List<Long> again = liveOn(kafka, args, partition);

        assertThat(commit.offset()).isZero();
        assertThat(again)
                .containsExactlyElementsOf(LongStream.range(0, records)
                        .filter(offset -> !settled.contains(offset, 0))
                        .boxed()
                        .toList());
        report.publishEntry(
                open + " open of " + records,
                settled.offsets() + " settled above, in a text of "
                        + commit.metadata().length() + " characters; " + again.size() + " handed out again or first");
    }

    /** Kills the client after so many deliveries, and no sooner than this holds. */
    private static void liveAndDie(List<String> args, int deliveries, Callable<Boolean> holds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                ForgetfulClient.class.getName()));
        command.addAll(args);
        Process client = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            while (Integer.parseInt(Objects.requireNonNull(printed.readLine(), "the client ended by itself"))
                    < deliveries) {
                assertThat(client.isAlive()).isTrue();
            }
            await().atMost(PATIENCE).until(holds);
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    /** What was on its way when the client died may still arrive, for as long as the group counts it as a member. */
    private static OffsetAndMetadata lastCommit(KafkaFixture kafka, String group, TopicPartition partition) {
        await().atMost(PATIENCE)
                .until(() -> kafka.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
                        .allMatch(described -> described.members().isEmpty()));
        return committed(kafka, group, partition);
    }

    private static OffsetAndMetadata committed(KafkaFixture kafka, String group, TopicPartition partition) {
        return kafka.committed(group).getOrDefault(partition, new OffsetAndMetadata(0));
    }

    private static SettledRanges settled(
            KafkaFixture kafka, String group, TopicPartition partition, OffsetAndMetadata commit) throws Exception {
        Uuid topicId;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            topicId = Objects.requireNonNull(admin.describeTopics(List.of(partition.topic()))
                            .allTopicNames()
                            .get()
                            .get(partition.topic()))
                    .topicId();
        }
        return CommitText.read(commit.metadata(), new CommitText.Place(group, topicId, partition, commit.offset()))
                .map(CommitText.Content::settled)
                .orElse(SettledRanges.NONE);
    }

    /** One more life, which comes to its end. */
    private static List<Long> liveOn(KafkaFixture kafka, List<String> args, TopicPartition partition) {
        Queue<Long> handed = new ConcurrentLinkedQueue<>();
        KafkaClient.Builder builder = ForgetfulClient.builder(args).consumer(args.get(2), delivery -> {
            handed.add(delivery.record().offset());
            delivery.ack();
        });
        try (KafkaClient client = builder.build()) {
            client.start();
            await().atMost(PATIENCE)
                    .until(() -> committed(kafka, args.get(1), partition).offset()
                            == Objects.requireNonNull(
                                    kafka.ends(partition.topic(), 1).get(partition)));
        }
        return List.copyOf(handed);
    }
}
