package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.env.GroupProtocol;
import io.mika.it.KilledClient.Fate;
import io.mika.it.KilledClient.Line;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client is killed (SIGKILL) at random moments, most of them between the write of a failed record and the commit that
 * follows, and started again: every record ends acked or in the dead letter queue, and what comes twice is what the
 * commit of that moment did not hold.
 */
@WithBroker
class KillIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PARTITIONS = 2;
    private static final int RECORDS_PER_LIFE = 1_500;

    private final List<Line> deliveries = new ArrayList<>();
    /** Places that a killed client was given and had not committed, and how often. */
    private final Map<String, Integer> excused = new HashMap<>();

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void everyRecordEndsAckedOrInTheDeadLetterQueue(GroupProtocol protocol, KafkaFixture kafka, TestReporter report)
            throws Exception {
        killAndRestart(protocol, kafka, 5, report);
    }

    @Tag("campaign")
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void everyRecordEndsAckedOrInTheDeadLetterQueueAfterTwentyFiveKills(
            GroupProtocol protocol, KafkaFixture kafka, TestReporter report) throws Exception {
        killAndRestart(protocol, kafka, 25, report);
    }

    private void killAndRestart(GroupProtocol protocol, KafkaFixture kafka, int kills, TestReporter report)
            throws Exception {
        String orders = kafka.topic("orders", PARTITIONS);
        String retry = kafka.topic("retry", PARTITIONS);
        String dlq = kafka.topic("dlq", PARTITIONS);
        String group = kafka.group("killed");
        List<String> args = List.of(kafka.bootstrapServers(), protocol.name(), group, orders, retry, dlq);
        Random random = new Random(kills);
        int records = 0;
        for (int life = 0; life < kills; life++) {
            Records.publish(kafka, orders, IntStream.range(records, records + RECORDS_PER_LIFE));
            records += RECORDS_PER_LIFE;
            liveAndDie(args, 1 + random.nextInt(RECORDS_PER_LIFE));
            excuse(kafka, group);
        }
        liveOn(kafka, args);

        checkOutcomes(kafka, dlq, records);
        checkDuplicates(kafka, dlq, kills, report);
    }

    /** Kills the client after so many deliveries. */
    private void liveAndDie(List<String> args, int lifetime) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                KilledClient.class.getName()));
        command.addAll(args);
        Process client = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < lifetime; i++) {
                deliveries.add(Line.parse(Objects.requireNonNull(printed.readLine(), "the client ended by itself")));
            }
            // Process.destroyForcibly would close the pipe, and what it had said before it died is in there
            client.toHandle().destroyForcibly();
            printed.lines().map(Line::parse).forEach(deliveries::add);
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    /** What was delivered and is not below the commit may come again, once for each such death. */
    private void excuse(KafkaFixture kafka, String group) {
        Map<TopicPartition, OffsetAndMetadata> committed = kafka.committed(group);
        Set<String> open = new HashSet<>();
        for (Line delivery : deliveries) {
            OffsetAndMetadata until = committed.get(new TopicPartition(delivery.topic(), delivery.partition()));
            if (until == null || delivery.offset() >= until.offset()) {
                open.add(delivery.place());
            }
        }
        open.forEach(place -> excused.merge(place, 1, Integer::sum));
    }

    /** One more life, which comes to its end. */
    private void liveOn(KafkaFixture kafka, List<String> args) {
        Queue<String> printed = new ConcurrentLinkedQueue<>();
        try (KafkaClient client = KilledClient.start(args, printed::add)) {
            for (String topic : args.subList(3, 5)) {
                await().atMost(PATIENCE)
                        .until(() -> committed(kafka, args.get(2), topic).equals(kafka.ends(topic, PARTITIONS)));
            }
        }
        printed.stream().map(Line::parse).forEach(deliveries::add);
    }

    private static Map<TopicPartition, Long> committed(KafkaFixture kafka, String group, String topic) {
        Map<TopicPartition, Long> offsets = kafka.committedOffsets(group);
        offsets.keySet().removeIf(partition -> !partition.topic().equals(topic));
        return offsets;
    }

    private void checkOutcomes(KafkaFixture kafka, String dlq, int records) {
        Set<Integer> acked = deliveries.stream()
                .filter(delivery -> delivery.fate() == Fate.ACK)
                .map(Line::number)
                .collect(Collectors.toSet());
        Set<Integer> dead = deadLettered(kafka, dlq).keySet();
        assertThat(IntStream.range(0, records).filter(number -> !acked.contains(number) && !dead.contains(number)))
                .as("lost")
                .isEmpty();
        assertThat(dead).allMatch(number -> number % 3 == 2).doesNotContainAnyElementsOf(acked);
    }

    private static Map<Integer, Long> deadLettered(KafkaFixture kafka, String dlq) {
        return Records.of(kafka, dlq).stream()
                .collect(Collectors.groupingBy(
                        record -> Integer.parseInt(Records.text(record.value())), Collectors.counting()));
    }

    private void checkDuplicates(KafkaFixture kafka, String dlq, int kills, TestReporter report) {
        Map<String, Long> byPlace =
                deliveries.stream().collect(Collectors.groupingBy(Line::place, Collectors.counting()));
        byPlace.forEach((place, times) -> assertThat(times)
                .as("deliveries of " + place)
                .isLessThanOrEqualTo(1L + excused.getOrDefault(place, 0)));

        Map<Integer, Long> fatal = deliveries.stream()
                .filter(delivery -> delivery.fate() == Fate.FATAL)
                .collect(Collectors.groupingBy(Line::number, Collectors.counting()));
        Map<Integer, Long> dead = deadLettered(kafka, dlq);
        dead.forEach((number, copies) ->
                assertThat(copies).as("copies of " + number).isLessThanOrEqualTo(fatal.get(number)));

        int again = deliveries.size() - byPlace.size();
        long copies = dead.values().stream().mapToLong(Long::longValue).sum() - dead.size();
        report.publishEntry(
                "after " + kills + " kills",
                deliveries.size() + " deliveries, " + again + " of them again; " + copies
                        + " copies too many in the dead letter queue");
    }
}
