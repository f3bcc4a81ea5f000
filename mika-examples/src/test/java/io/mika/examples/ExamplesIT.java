package io.mika.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Runs every program of this module as a user does, and compares what it prints. The global suffix keeps the tests
 * apart: the programs name the same topic.
 */
@WithBroker
class ExamplesIT {
    private static final int SIGTERM = 143;

    private KafkaFixture kafka;
    private Map<String, String> environment;

    @BeforeEach
    void thereAreThreeOrders(KafkaFixture kafka) {
        this.kafka = kafka;
        String topic = kafka.topic("orders", 1);
        this.environment = Map.of("KAFKA_BROKERS", kafka.bootstrapServers(), "KAFKA_GLOBAL_SUFFIX", kafka.unique(""));
        for (String order : new String[] {"apples", "pears", "plums"}) {
            kafka.produce(topic, order, order);
        }
    }

    @Test
    void theFirstConsumerPrintsWhatItGetsAndCommitsOnSigterm() throws Exception {
        try (Program program = run(FirstConsumer.class)) {
            assertThat(program.lines(3)).containsExactly("0: apples", "1: pears", "2: plums");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("billing")).containsExactly(3L);
    }

    @Test
    void publishingSaysWhereEachRecordIs() throws Exception {
        try (Program program = run(PublishExample.class)) {
            assertThat(program.rest())
                    .containsExactly(
                            "published apples at offset 3",
                            "published pears at offset 4",
                            "published plums at offset 5");
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void sigtermLetsTheHandlerFinishAndTheRestBe() throws Exception {
        try (Program program = run(ShutdownExample.class)) {
            assertThat(program.lines(1)).containsExactly("begin 0");
            assertThat(program.terminate().rest()).containsExactly("end 0", "drained: true");
            assertThat(program.exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("shipping")).containsExactly(1L);
    }

    @Test
    void recordsAreAckedLateAndOutOfOrder() throws Exception {
        try (Program program = run(LateAckExample.class)) {
            assertThat(program.lines(3)).containsExactly("ACKED 2", "ACKED 1", "ACKED 0");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("search-index")).containsExactly(3L);
    }

    @Test
    void theBeanIsStartedAndClosed() throws Exception {
        try (Program program = run(SpringStyleExample.class)) {
            assertThat(program.rest()).containsExactly("billed 0", "billed 1", "billed 2", "closed");
            assertThat(program.exitStatus()).isZero();
        }
        assertThat(committed("billing")).containsExactly(3L);
    }

    @Test
    void whatIsRetryableIsTriedAgainAndTheRestIsPutAside() throws Exception {
        kafka.topic("billing-retry", 1);
        kafka.topic("billing-dlq", 1);
        try (Program program = run(RetriesExample.class)) {
            List<String> lines = program.lines(7);
            assertThat(lines)
                    .containsSubsequence("attempt 1: apples", "attempt 1: pears", "attempt 1: plums")
                    .containsSubsequence(
                            "attempt 1: pears",
                            "attempt 2: pears",
                            "attempt 3: pears",
                            "put aside after attempt 3: the bank does not answer")
                    .containsSubsequence("attempt 1: plums", "put aside after attempt 1: nobody sells plums");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("billing")).containsExactlyInAnyOrder(3L, 2L);
        assertThat(kafka.ends(kafka.unique("billing-dlq"), 1).values()).containsExactly(2L);
    }

    @Test
    void aPartitionWaitsForARecordThatIsRetriedInPlace() throws Exception {
        try (Program program = run(InPlaceRetriesExample.class)) {
            assertThat(program.lines(5))
                    .containsExactly(
                            "attempt 1: apples",
                            "attempt 1: pears",
                            "attempt 2: pears",
                            "attempt 3: pears",
                            "attempt 1: plums");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("replica")).containsExactly(3L);
    }

    @Test
    void whatFailsInAnOutageStaysInItsOrder() throws Exception {
        kafka.topic("billing-dlq", 1);
        try (Program program = run(OutageExample.class)) {
            assertThat(program.lines(5))
                    .containsExactly(
                            "attempt 1: apples", // goes to the dead letter queue: one failure is no outage
                            "attempt 1: pears",
                            "attempt 2: pears",
                            "attempt 3: pears",
                            "attempt 1: plums");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("billing")).containsExactly(3L);
        assertThat(kafka.ends(kafka.unique("billing-dlq"), 1).values()).containsExactly(1L);
    }

    @Test
    void aBatchIsSettledOneByOne() throws Exception {
        kafka.topic("warehouse-dlq", 1);
        try (Program program = run(BatchExample.class)) {
            assertThat(program.lines(1)).containsExactly("stored at once: [apples, pears, plums]");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(committed("warehouse")).containsExactly(3L);
        assertThat(kafka.ends(kafka.unique("warehouse-dlq"), 1).values()).containsExactly(1L);
    }

    @Test
    void theDeadLetterQueueIsConsumedOnce() throws Exception {
        kafka.topic("billing-dlq", 1);
        try (Program program = run(DlqConsumptionExample.class)) {
            assertThat(program.rest())
                    .containsExactly(
                            "attempt 1, from the TOPIC: apples",
                            "attempt 1, from the TOPIC: pears",
                            "attempt 1, from the TOPIC: plums",
                            "attempt 2, from the DLQ: apples",
                            "attempt 2, from the DLQ: pears",
                            "attempt 2, from the DLQ: plums",
                            "through");
            assertThat(program.exitStatus()).isZero();
        }
        assertThat(committed("billing")).containsExactly(3L, 3L);
    }

    @Test
    void whatTheBugHitIsReplayedAndTheRestStays() throws Exception {
        kafka.topic("billing-retry", 1);
        kafka.topic("billing-dlq", 1);
        try (Program program = run(ReplayExample.class)) {
            assertThat(program.rest())
                    .contains("would replay 2", "replayed 2 of 3")
                    .contains("billed apples", "billed pears")
                    .hasSize(4);
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void groupsThatShareARetryTopicGetTheirOwnRecords() throws Exception {
        kafka.topic("failed-retry", 1);
        kafka.topic("failed-dlq", 1);
        try (Program program = run(SharedTopicsExample.class)) {
            assertThat(program.lines(8))
                    .containsExactlyInAnyOrder(
                            "billing, attempt 1: apples",
                            "billing, attempt 1: pears",
                            "billing, attempt 1: plums",
                            "billing, attempt 2: apples",
                            "shipping, attempt 1: apples",
                            "shipping, attempt 1: pears",
                            "shipping, attempt 1: plums",
                            "shipping, attempt 2: pears");
            assertThat(program.terminate().exitStatus()).isEqualTo(SIGTERM);
        }
        assertThat(kafka.ends(kafka.unique("failed-dlq"), 1).values()).containsExactly(0L);
    }

    @Test
    void aRecordThatIsRetriedPutAsideAndReplayedIsOneTrace() throws Exception {
        kafka.topic("billing-retry", 1);
        kafka.topic("billing-dlq", 1);
        try (Program program = run(TracingExample.class)) {
            String orders = kafka.unique("orders");
            String retry = kafka.unique("billing-retry");
            String failed = " mika.attempt=%d mika.outcome=%s error.type=java.io.IOException";
            assertThat(program.rest())
                    .containsExactly(
                            "POST /orders",
                            "  send " + orders + " mika.purpose=publish",
                            "    process " + orders + failed.formatted(1, "retried"),
                            "      send " + retry + " mika.purpose=retry",
                            "        process " + retry + failed.formatted(2, "retried"),
                            "          send " + retry + " mika.purpose=retry",
                            "            process " + retry + failed.formatted(3, "dead_lettered"),
                            "              send " + kafka.unique("billing-dlq") + " mika.purpose=dead_letter",
                            "                send " + retry + " mika.purpose=replay",
                            "                  process " + retry + " mika.attempt=4 mika.outcome=acked");
            assertThat(program.exitStatus()).isZero();
        }
    }

    private Program run(Class<?> example) throws IOException {
        return Program.example(example, environment);
    }

    private Collection<Long> committed(String group) {
        return kafka.committedOffsets(kafka.group(group)).values();
    }
}
