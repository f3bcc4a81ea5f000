package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.FailedRecord;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayReport.Skipped;
import io.mika.event.ReplayRequest;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import io.mika.record.FailureHop;
import io.mika.record.Pointer;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Replay of the dead letter queue on a real broker. */
class ReplayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int RECORDS = 200;

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final AtomicBoolean mended = new AtomicBoolean();
    private final AtomicInteger deadLettered = new AtomicInteger();
    private final AtomicInteger passedOver = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();

    private final ClientListener listener = new ClientListener() {
        @Override
        public void onDeadLettered(FailedRecord record) {
            deadLettered.incrementAndGet();
        }

        @Override
        public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
            if (reason == SkipReason.REPLAYED) {
                passedOver.addAndGet(records);
            }
        }

        @Override
        public void onDlqPassCompleted() {
            passes.incrementAndGet();
        }
    };

    private String suffix = "";

    /** The fixture's mark is the suffix: clients name the topics as they would anywhere. */
    private void topics(KafkaFixture kafka, int partitions) {
        suffix = kafka.topic("orders", partitions).substring("orders".length());
        kafka.topic("retry", partitions);
        kafka.topic("dlq", partitions);
    }

    private KafkaClient.Builder builder(KafkaFixture kafka) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .globalSuffix(suffix)
                .group("billing")
                .retryTopic("retry")
                .dlqTopic("dlq");
    }

    private KafkaClient consuming(KafkaFixture kafka) {
        return builder(kafka)
                .startFrom(StartPosition.earliest())
                .listener(listener)
                .consumer("orders", options -> options.useDlq(), delivery -> {
                    if (!mended.get()) {
                        throw new IllegalStateException("broken");
                    }
                    handled.add(new String(delivery.value(), StandardCharsets.UTF_8));
                    delivery.ack();
                })
                .build();
    }

    private static ReplayReport end(Replay replay) {
        await().atMost(PATIENCE).until(() -> replay.completion().isDone());
        return replay.completion().join();
    }

    @Test
    void replaysAreNotedAndTheConsumptionOfTheQueuePassesThemOver() {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            topics(kafka, 3);
            try (KafkaClient client = consuming(kafka);
                    KafkaClient operator = builder(kafka).build()) {
                client.start();
                operator.start();
                for (int i = 0; i < RECORDS; i++) {
                    operator.publish(new ProducerRecord<>("orders", bytes("k" + i), bytes("v" + i)))
                            .join();
                }
                await().atMost(PATIENCE).until(() -> deadLettered.get() == RECORDS);
                mended.set(true);

                ReplayReport dry =
                        end(operator.replayDlq(ReplayRequest.builder().dryRun().build()));
                assertThat(dry.matched()).isEqualTo(RECORDS);
                ReplayReport part = end(operator.replayDlq(ReplayRequest.builder()
                        .topic("orders")
                        .atMost(80)
                        .rate(200)
                        .build()));
                assertThat(part.end()).isEqualTo(End.AT_MOST_REACHED);
                await().atMost(PATIENCE).until(() -> handled.size() == 80);

                ReplayReport again =
                        end(operator.replayDlq(ReplayRequest.builder().dryRun().build()));
                assertThat(again.skipped(Skipped.REPLAYED)).isEqualTo(80);
                assertThat(again.replayed()).isEqualTo(RECORDS - 80);

                client.enableDlqConsumption().join();
                await().atMost(PATIENCE).until(() -> passes.get() > 0);
                assertThat(handled).hasSize(RECORDS).doesNotHaveDuplicates();
                assertThat(passedOver).hasValue(80);

                await().atMost(PATIENCE)
                        .until(() ->
                                end(operator.replayDlq(ReplayRequest.builder().build()))
                                                .replayed()
                                        == 0);
            }
        }
    }

    @Test
    void pointersLeadToTheOriginalAndAClosedClientLeavesANote() {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            topics(kafka, 1);
            KafkaClient first = builder(kafka).build();
            first.start();
            deadLetter(first);
            Replay replay = first.replayDlq(ReplayRequest.builder().rate(50).build());
            await().atMost(PATIENCE).until(() -> replay.progress().replayed() > 20);
            first.close();
            assertThat(replay.completion()).isCompletedExceptionally();
            long replayed = replay.progress().replayed();

            try (KafkaClient second = builder(kafka).build()) {
                second.start();
                ReplayReport rest = end(second.replayDlq(
                        ReplayRequest.builder().rate(Double.POSITIVE_INFINITY).build()));
                assertThat(rest.replayed()).isEqualTo(RECORDS + 1 - replayed);
            }
            mended.set(true);
            try (KafkaClient consumer = consuming(kafka)) {
                consumer.start();
                await().atMost(PATIENCE).until(() -> handled.size() >= RECORDS + 2);
            }
            assertThat(handled)
                    .as("the original too, on its own topic and replayed")
                    .hasSize(RECORDS + 2)
                    .contains("large", "v0", "v" + (RECORDS - 1));
            assertThat(new HashSet<>(handled)).hasSize(RECORDS + 1);
        }
    }

    /** What any client may have left: a pointer to a record, and records. */
    private void deadLetter(KafkaClient client) {
        String group = "billing" + suffix;
        String orders = "orders" + suffix;
        RecordMetadata original = client.publish(new ProducerRecord<>("orders", bytes("k"), bytes("large")))
                .join();
        Headers pointer = FailureHop.withPointer(
                FailureHeaders.init(new RecordHeaders(), group, orders, "no"),
                group,
                Pointer.to(orders, 0, original.offset(), bytes("large")));
        client.publish(new ProducerRecord<>("dlq", 0, bytes("k"), null, pointer))
                .join();
        for (int i = 0; i < RECORDS; i++) {
            Headers headers = FailureHeaders.init(new RecordHeaders(), group, orders, "no");
            client.publish(new ProducerRecord<>("dlq", 0, bytes("k"), bytes("v" + i), headers))
                    .join();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
