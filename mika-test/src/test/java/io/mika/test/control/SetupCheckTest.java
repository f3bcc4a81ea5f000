package io.mika.test.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.error.ConfigException;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The start-up check beside all that goes on. */
class SetupCheckTest {
    private final List<Delivery> deliveries = new ArrayList<>();

    private MikaTester.Builder builder() {
        return MikaTester.builder()
                .topic("orders", 1)
                .retryTopic("retry")
                .dlqTopic("dlq")
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    deliveries.add(delivery);
                    delivery.ack();
                });
    }

    @Test
    void aClientIsReadyWhereAllIsWell() {
        try (MikaTester tester = builder().start()) {
            tester.runUntilIdle();

            assertThat(tester.ready()).isCompleted();
            assertThat(tester.errors()).isEmpty();
        }
    }

    @Test
    void whatIsWrongIsToldTogetherAndTheClientGoesOn() {
        try (MikaTester tester = EngineDoors.create(builder())) {
            tester.kafka().autoCreate(false);
            tester.kafka().deleteTopic("dlq");
            tester.kafka().topicSetting("retry", "min.insync.replicas", "3");
            tester.publish("orders", "k", "v");
            tester.runUntilIdle();

            assertThat(tester.ready())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConfigException.class)
                    .withMessageContaining("retry (retry topic) has min.insync.replicas=3")
                    .withMessageContaining("dlq (dead letter queue) does not exist");
            assertThat(tester.errors()).singleElement().isInstanceOf(ConfigException.class);
            assertThat(deliveries).hasSize(1);
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNotWaitedForForEver() {
        try (MikaTester tester = EngineDoors.create(builder())) {
            tester.kafka().down();
            tester.advance(Duration.ofSeconds(5));
            tester.kafka().up();
            tester.advance(Duration.ofSeconds(3));
            assertThat(tester.ready()).isNotDone();

            tester.advance(Duration.ofSeconds(3));
            assertThat(tester.ready()).isCompleted();
        }
    }
}
