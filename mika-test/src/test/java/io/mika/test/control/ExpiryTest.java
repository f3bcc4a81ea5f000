package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Delivery;
import io.mika.event.ClientListener;
import io.mika.event.StuckRecord;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that their topic, which keeps them for twenty minutes, will soon delete. */
class ExpiryTest {
    private static final Duration KEPT = Duration.ofMinutes(20);

    private final List<StuckRecord> stuck = new ArrayList<>();
    private final List<Delivery> taken = new ArrayList<>();

    private MikaTester tester(String policy) {
        MikaTester tester = EngineDoors.create(MikaTester.builder()
                .listener(new ClientListener() {
                    @Override
                    public void onStuck(StuckRecord record) {
                        stuck.add(record);
                    }
                })
                .consumer(
                        "orders", options -> options.ackDeadline(Duration.ofDays(1), DeadlinePolicy.WARN), taken::add));
        tester.kafka()
                .topicSetting("orders", "retention.ms", Long.toString(KEPT.toMillis()))
                .topicSetting("orders", "cleanup.policy", policy);
        tester.runUntilIdle();
        return tester;
    }

    @Test
    void oneThatStaysOpenIsToldOnceBeforeItIsDeleted() {
        try (MikaTester tester = tester("delete")) {
            tester.publish("orders", null, "v0");
            tester.publish("orders", null, "v1");
            tester.advance(Duration.ofMinutes(14));
            assertThat(stuck).isEmpty();

            tester.advance(Duration.ofMinutes(4));
            assertThat(stuck).singleElement().satisfies(record -> {
                assertThat(record.topic()).isEqualTo("orders");
                assertThat(record.offset()).isZero();
                assertThat(record.age()).isEqualTo(Duration.ofMinutes(15));
                assertThat(record.retention()).hasValue(KEPT);
            });

            taken.get(0).ack();
            tester.advance(Duration.ofMinutes(3));
            assertThat(stuck).as("the next is as old").hasSize(2);
        }
    }

    @Test
    void oneThatWasNeverHandedOutIsToldToo() {
        try (MikaTester tester = tester("delete")) {
            var unused = tester.disableConsumer("orders");
            tester.runUntilIdle();
            tester.publish("orders", null, "v");
            tester.advance(Duration.ofMinutes(18));

            assertThat(taken).isEmpty();
            assertThat(stuck).hasSize(1);
        }
    }

    @Test
    void oneThatIsYoungEnoughIsNot() {
        try (MikaTester tester = tester("delete")) {
            var unused = tester.disableConsumer("orders");
            tester.advance(Duration.ofMinutes(10));
            tester.publish("orders", null, "v");
            tester.advance(Duration.ofMinutes(10));

            assertThat(stuck).isEmpty();
        }
    }

    @Test
    void oneOfATopicThatDeletesNothingIsNot() {
        try (MikaTester tester = tester("compact")) {
            tester.publish("orders", null, "v");
            tester.advance(Duration.ofMinutes(19));

            assertThat(stuck).isEmpty();
        }
    }
}
