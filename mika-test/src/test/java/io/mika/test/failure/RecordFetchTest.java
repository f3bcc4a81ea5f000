package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.failure.RecordFetch;
import io.mika.test.fake.FakeKafka;
import io.mika.test.fake.ScriptedFaults;
import io.mika.test.fake.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** Single records read again, by their coordinates. */
class RecordFetchTest {
    private static final TopicPartition ZERO = new TopicPartition("orders", 0);
    private static final TopicPartition ONE = new TopicPartition("orders", 1);

    private final VirtualClock clock = new VirtualClock();
    private final FakeKafka kafka = new FakeKafka(clock).createTopic("orders", 2);
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<String> found = new ArrayList<>();
    private final List<RuntimeException> errors = new ArrayList<>();
    private final RecordFetch fetch = new RecordFetch(
            () -> kafka.consumer(null, Map.of("max.poll.records", "7")),
            turns::add,
            clock::nanos,
            new RecordFetch.Told() {
                @Override
                public void found(List<RecordFetch.Answer> answers) {
                    answers.forEach(answer -> found.add(text(answer)));
                }

                @Override
                public void failed(RuntimeException error) {
                    errors.add(error);
                }
            });

    private record Place(TopicPartition partition, long offset, boolean isWanted) implements RecordFetch.Wanted {}

    private static String text(RecordFetch.Answer answer) {
        ConsumerRecord<byte[], byte[]> record = answer.record();
        return answer.wanted().partition().partition() + "@" + answer.wanted().offset() + " "
                + (record == null
                        ? "gone"
                        : new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8));
    }

    private void fill(int records) {
        for (int i = 0; i < records; i++) {
            kafka.partition(ZERO).append(null, "v" + i);
            kafka.partition(ONE).append(null, "w" + i);
        }
    }

    private void want(TopicPartition partition, long... offsets) {
        fetch.fetch(LongStream.of(offsets)
                .mapToObj(offset -> new Place(partition, offset, true))
                .toList());
    }

    /** Turns, until there are none or a virtual minute is over. */
    private List<String> answers() {
        long end = clock.nanos() + Duration.ofMinutes(1).toNanos();
        while (clock.nanos() < end) {
            Runnable turn = turns.poll();
            if (turn == null) {
                clock.advance(Duration.ofMillis(100).toNanos());
                fetch.nudge(clock.nanos());
            } else {
                turn.run();
            }
        }
        List<String> all = List.copyOf(found);
        found.clear();
        return all;
    }

    @Test
    void recordsAreReadAgainByTheirCoordinates() {
        fill(50);
        want(ZERO, 40, 3);
        want(ONE, 0);

        assertThat(answers()).containsExactlyInAnyOrder("0@3 v3", "0@40 v40", "1@0 w0");
    }

    @Test
    void whatIsWantedLaterMayLieBefore() {
        fill(50);
        want(ZERO, 40);
        assertThat(answers()).containsExactly("0@40 v40");

        want(ZERO, 2);
        assertThat(answers()).containsExactly("0@2 v2");
    }

    @Test
    void oneRecordMayBeWantedTwice() {
        fill(5);
        want(ZERO, 4, 4);

        assertThat(answers()).containsExactly("0@4 v4", "0@4 v4");
    }

    @Test
    void whatExpiredWasCompactedOrTruncatedIsGone() {
        fill(50);
        kafka.partition(ZERO).deleteRecords(10);
        kafka.partition(ZERO).compact(20, 22);
        kafka.partition(ONE).truncate(30);
        want(ZERO, 5, 20, 21, 22);
        want(ONE, 29, 30, 40);

        assertThat(answers())
                .containsExactlyInAnyOrder(
                        "0@5 gone", "0@20 gone", "0@21 gone", "0@22 v22", "1@29 w29", "1@30 gone", "1@40 gone");
    }

    /** Its topic was deleted, or is there again and has fewer partitions. */
    @Test
    void whatWasInAPartitionThatDoesNotExistIsGone() {
        fill(5);
        want(new TopicPartition("orders", 2), 1);
        want(new TopicPartition("invoices", 0), 7);
        want(ONE, 3);

        assertThat(answers()).containsExactlyInAnyOrder("2@1 gone", "0@7 gone", "1@3 w3");
        assertThat(errors).isEmpty();
    }

    @Test
    void whatNobodyWantsAnyMoreIsAnsweredUnread() {
        fill(5);
        fetch.fetch(List.of(new Place(ZERO, 1, false), new Place(ZERO, 2, true)));

        assertThat(answers()).containsExactly("0@1 gone", "0@2 v2");
    }

    @Test
    void aReadThatFailedIsToldAndMadeAgain() {
        fill(5);
        kafka.faults(new ScriptedFaults().nextPoll(new TopicAuthorizationException("no")));
        want(ZERO, 1);

        assertThat(answers()).containsExactly("0@1 v1");
        assertThat(errors).hasSize(1);
    }

    @Test
    void nothingIsReadOnceItIsClosed() {
        fill(5);
        want(ZERO, 1);
        fetch.close(Duration.ZERO);

        assertThat(answers()).isEmpty();
    }

    @Test
    void anyRecordsOfARandomLogAreFoundOrGone() {
        fill(500);
        Random random = new Random(1);
        kafka.partition(ZERO).deleteRecords(17);
        kafka.partition(ZERO).compact(100, 140);
        for (int round = 0; round < 20; round++) {
            long[] offsets = random.longs(30, 0, 500).distinct().sorted().toArray();
            want(ZERO, offsets);

            assertThat(answers())
                    .containsExactlyInAnyOrderElementsOf(LongStream.of(offsets)
                            .mapToObj(offset -> "0@" + offset + " "
                                    + (offset < 17 || (offset >= 100 && offset < 140) ? "gone" : "v" + offset))
                            .toList());
        }
    }
}
