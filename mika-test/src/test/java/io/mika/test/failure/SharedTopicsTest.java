package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.event.ClientListener;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Retry topic and dead letter queue with records of other groups, and of consumers that are elsewhere. */
class SharedTopicsTest {
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
            skipped.add(partition + " " + reason + " " + records);
        }
    };

    private MikaTester.Builder builder() {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(listener)
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    deliveries.add(delivery);
                    delivery.ack();
                });
    }

    private static ProducerRecord<byte[], byte[]> failed(String group, String topic) {
        Headers headers = FailureHeaders.init(new RecordHeaders(), group, topic, "no");
        return new ProducerRecord<>("retry", null, (byte[]) null, "apples".getBytes(StandardCharsets.UTF_8), headers);
    }

    @Test
    void whatAnotherGroupFailedIsPassedOver() {
        try (MikaTester tester = builder().start()) {
            tester.publish(failed("shipping", "orders"));
            tester.publish("retry", null, "nobody's");
            tester.publish(failed("test", "orders"));
            tester.runUntilIdle();

            assertThat(deliveries)
                    .singleElement()
                    .satisfies(
                            delivery -> assertThat(delivery.record().offset()).isEqualTo(2));
            assertThat(tester.committed("retry", 0)).hasValue(3);
            assertThat(skipped.stream()
                            .mapToInt(text -> Integer.parseInt(text.substring(text.length() - 1)))
                            .sum())
                    .isEqualTo(2);
            assertThat(skipped).allMatch(text -> text.startsWith("retry-0 OTHER_GROUP"));
        }
    }

    @Test
    void aRetryTopicThatIsCreatedAgainIsReadFromItsBeginning() {
        try (MikaTester tester = builder().start()) {
            for (int i = 0; i < 3; i++) {
                tester.publish(failed("test", "orders"));
            }
            tester.runUntilIdle();
            deliveries.clear();

            tester.kafka().deleteTopic("retry");
            tester.kafka().createTopic("retry", 1);
            for (int i = 0; i < 5; i++) {
                tester.publish(failed("test", "orders"));
            }
            tester.advance(Duration.ofMinutes(1));

            assertThat(deliveries.stream().map(delivery -> delivery.record().offset()))
                    .contains(0L, 1L, 2L, 3L, 4L);
            assertThat(tester.committed("retry", 0)).hasValue(5);
        }
    }

    @Test
    void aRecordWithoutAConsumerHereIsParkedForOthersAndDeadLetteredInTheEnd() {
        try (MikaTester tester =
                builder().topic("retry", 2).unclaimedFor(Duration.ofMinutes(2)).start()) {
            tester.publish(failed("test", "invoices"));
            tester.runUntilIdle();
            assertThat(tester.records("retry")).hasSize(2);

            tester.advance(Duration.ofSeconds(29));
            assertThat(tester.records("retry")).as("it waits").hasSize(2);
            tester.advance(Duration.ofSeconds(1));
            tester.runUntilIdle();
            assertThat(tester.records("retry")).hasSize(3);
            assertThat(tester.records("dlq")).isEmpty();

            tester.advance(Duration.ofMinutes(2));
            tester.runUntilIdle();
            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                FailureHeaders headers =
                        FailureHeaders.read(record.headers(), "test").orElseThrow();
                assertThat(headers.originalTopic()).isEqualTo("invoices");
                assertThat(headers.retries()).as("parking is no hop").hasValue(0);
            });
            assertThat(skipped).last().isEqualTo("retry-0 UNCLAIMED_TOO_LONG 1");
            assertThat(deliveries).isEmpty();
        }
    }

    @Test
    void aMemberThatHasTheConsumerTakesIt() {
        try (MikaTester tester = builder().start()) {
            tester.publish(failed("test", "invoices"));
            tester.runUntilIdle();
            tester.close(Duration.ofSeconds(1));

            List<Delivery> invoices = new ArrayList<>();
            try (MikaTester deployed = MikaTester.builder()
                    .joining(tester)
                    .retryTopic("retry")
                    .dlqTopic("dlq")
                    .consumer("invoices", delivery -> {
                        invoices.add(delivery);
                        delivery.ack();
                    })
                    .start()) {
                deployed.advance(Duration.ofSeconds(31));
                assertThat(invoices).hasSize(1);
            }
        }
    }

    @Test
    void groupsThatFailTheSameRecordKeepTheirOwnStates() {
        try (MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    throw new RetryableException("billing says no");
                })
                .start()) {
            Headers both = FailureHeaders.init(new RecordHeaders(), "shipping", "orders", "shipping says no");
            tester.publish(new ProducerRecord<>("orders", 0, (byte[]) null, new byte[1], both));
            tester.runUntilIdle();

            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                assertThat(FailureHeaders.read(record.headers(), "shipping"))
                        .hasValueSatisfying(
                                theirs -> assertThat(theirs.retries()).hasValue(0));
                assertThat(FailureHeaders.read(record.headers(), "test"))
                        .hasValueSatisfying(ours -> assertThat(ours.retries()).hasValue(1));
            });
        }
    }
}
