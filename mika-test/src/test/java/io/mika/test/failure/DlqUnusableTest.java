package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.event.ClientListener;
import io.mika.record.FailureHeaders;
import io.mika.record.Pointer;
import io.mika.test.MikaTester;
import io.mika.test.fake.Fate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** A dead letter queue that cannot be written to: nothing is lost, nothing runs hot, it recovers by itself. */
class DlqUnusableTest {
    private static final int RECORDS = 100;

    private final List<Settlement> settlements = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    private MikaTester.Builder builder() {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .listener(new ClientListener() {
                    @Override
                    public void onWriteFailed(String topic, Throwable error) {
                        told.add(topic + " " + error.getClass().getSimpleName());
                    }
                })
                .consumer("orders", options -> options.retries(1).useDlq(), this::fail);
    }

    private void fail(Delivery delivery) {
        boolean again = value(delivery).startsWith("again");
        if (again && delivery.attempt() == 2) {
            delivery.ack();
        } else {
            var unused = delivery.fail(again ? new RetryableException("no") : new IllegalStateException("no"))
                    .thenAccept(settlements::add);
        }
    }

    private static String value(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
    }

    private static TopicFaults publish(MikaTester tester) {
        TopicFaults faults = new TopicFaults("dlq");
        tester.kafka().faults(faults);
        for (int i = 0; i < RECORDS; i++) {
            tester.publish("orders", "k" + i, "v" + i);
        }
        return faults;
    }

    private void expectAllOfThem(MikaTester tester) {
        assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.DEAD_LETTERED);
        assertThat(tester.committed("orders", 0)).hasValue(RECORDS);
        assertThat(tester.records("dlq")).hasSize(RECORDS);
    }

    @Test
    void oneThatIsMissingIsFoundWhenItAppears() {
        try (MikaTester tester = builder().topic("dlq", 0).start()) {
            tester.kafka().autoCreate(false);
            TopicFaults faults = publish(tester);
            tester.advance(Duration.ofMinutes(10));
            assertThat(tester.committed("orders", 0)).hasValue(0);
            assertThat(faults.writes() - RECORDS).as("probes in ten minutes").isBetween(10, 30);
            assertThat(told).hasSizeBetween(10, 30).containsOnly("dlq TimeoutException");

            tester.kafka().createTopic("dlq", 1);
            tester.advance(Duration.ofSeconds(37));
            expectAllOfThem(tester);
        }
    }

    @Test
    void oneThatIsForbiddenIsAskedTwiceAMinute() {
        try (MikaTester tester = builder().start()) {
            TopicFaults faults = publish(tester).always(Fate.failed(new TopicAuthorizationException("dlq")));
            tester.advance(Duration.ofMinutes(10));
            assertThat(tester.committed("orders", 0)).hasValue(0);
            assertThat(faults.writes() - RECORDS).as("probes in ten minutes").isBetween(15, 20);
            assertThat(told).hasSizeBetween(15, 21).containsOnly("dlq TopicAuthorizationException");

            faults.always(Fate.OK);
            tester.advance(Duration.ofSeconds(31));
            expectAllOfThem(tester);
        }
    }

    @Test
    void oneWhoseBrokerIsDownForHalfAMinuteGetsEverything() {
        try (MikaTester tester = builder().start()) {
            publish(tester).always(Fate.late(Duration.ofSeconds(1)));
            tester.runUntilIdle();
            tester.kafka().down();
            tester.advance(Duration.ofSeconds(30));
            tester.kafka().up();
            tester.advance(Duration.ofMinutes(2));

            assertThat(settlements).hasSize(RECORDS).containsOnly(Settlement.DEAD_LETTERED);
            assertThat(tester.committed("orders", 0)).hasValue(RECORDS);
            assertThat(tester.records("dlq").stream()
                            .map(record -> text(record.value()))
                            .distinct())
                    .hasSize(RECORDS);
        }
    }

    @Test
    void itHoldsUpNoRetry() {
        try (MikaTester tester = builder().start()) {
            publish(tester).always(Fate.failed(new TopicAuthorizationException("dlq")));
            tester.publish("orders", "k", "again");
            tester.runUntilIdle();

            assertThat(settlements).containsExactly(Settlement.RETRIED);
            assertThat(tester.committed("retry", 0)).hasValue(1);
        }
    }

    @Test
    void aRecordThatTheRetryTopicFindsTooLargeGoesToTheDeadLetterQueue() {
        try (MikaTester tester = builder().start()) {
            tester.kafka().faults(new TopicFaults("retry").always(Fate.failed(new RecordTooLargeException("no"))));
            tester.publish("orders", "k", "again");
            tester.runUntilIdle();

            assertThat(settlements).containsExactly(Settlement.DEAD_LETTERED);
            assertThat(tester.records("dlq"))
                    .singleElement()
                    .satisfies(record -> assertThat(headers(record).retries()).hasValue(0));
        }
    }

    @Test
    void aRecordThatIsALittleTooLargeLeavesItsStoryBehind() {
        try (MikaTester tester = builder().start()) {
            byte[] value = published(tester, 5_000);
            tester.kafka().maxMessageBytes(5_000 + 70 + 1 + 250);
            tester.runUntilIdle();

            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                assertThat(record.value()).isEqualTo(value);
                assertThat(headers(record).message()).isEqualTo("no");
                assertThat(headers(record).exceptionClass()).isEmpty();
            });
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aRecordThatIsFarTooLargeLeavesAPointer() {
        try (MikaTester tester = builder().start()) {
            byte[] value = published(tester, 5_000);
            tester.kafka().maxMessageBytes(1_000);
            tester.runUntilIdle();

            assertThat(tester.records("dlq")).singleElement().satisfies(record -> {
                assertThat(record.value()).isNull();
                assertThat(text(record.key())).isEqualTo("k");
                Pointer pointer = headers(record).pointer().orElseThrow();
                assertThat(pointer).isEqualTo(Pointer.to("orders", 0, 0, value));
                assertThat(headers(record).originalTopic()).isEqualTo("orders");
            });
            assertThat(settlements).containsExactly(Settlement.DEAD_LETTERED);
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }

    @Test
    void aRecordThatIsTooLargeEvenAsAPointerIsHeldAndReported() {
        try (MikaTester tester = builder().start()) {
            published(tester, 5_000);
            tester.kafka().maxMessageBytes(100);
            tester.advance(Duration.ofSeconds(29));
            assertThat(told).containsExactly("dlq RecordTooLargeException");
            assertThat(tester.committed("orders", 0)).hasValue(0);

            tester.kafka().maxMessageBytes(1_000_000);
            tester.advance(Duration.ofSeconds(2));
            assertThat(settlements).containsExactly(Settlement.DEAD_LETTERED);
            assertThat(tester.committed("orders", 0)).hasValue(1);
        }
    }

    private static byte[] published(MikaTester tester, int size) {
        String value = "v".repeat(size);
        tester.publish("orders", "k", value);
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    private static FailureHeaders headers(ConsumerRecord<byte[], byte[]> record) {
        return FailureHeaders.read(record.headers(), "test").orElseThrow();
    }
}
