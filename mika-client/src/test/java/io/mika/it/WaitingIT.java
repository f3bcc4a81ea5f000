package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Source;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many more retries wait for their time than are kept in memory. */
@Tag("campaign")
@WithBroker
class WaitingIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration DELAY = Duration.ofSeconds(45);
    private static final int RECORDS = 100_000;

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aHundredThousandOfOneConsumerHoldUpNoOther(GroupProtocol protocol, KafkaFixture kafka) {
        String orders = kafka.topic("orders", 2);
        String payments = kafka.topic("payments", 1);
        String retry = kafka.topic("retry", 1);
        String group = kafka.group("waiting");
        Set<String> handled = ConcurrentHashMap.newKeySet();
        Queue<Instant> paid = new ConcurrentLinkedQueue<>();
        Records.publish(kafka, orders, IntStream.range(0, RECORDS));
        try (KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .groupProtocol(protocol)
                .startFrom(StartPosition.earliest())
                .retryTopic(retry)
                .consumer(orders, options -> options.retries(1), delivery -> {
                    if (delivery.source() == Source.TOPIC) {
                        throw new RetryableException("later").after(DELAY);
                    }
                    handled.add(Records.text(delivery.value()));
                    delivery.ack();
                })
                .consumer(payments, options -> options.retries(1), delivery -> {
                    if (delivery.source() == Source.TOPIC) {
                        throw new RetryableException("once more");
                    }
                    paid.add(Instant.now());
                    delivery.ack();
                })
                .build()) {
            client.start();
            TopicPartition partition = new TopicPartition(retry, 0);
            await().atMost(PATIENCE).until(() -> kafka.ends(retry, 1).equals(Map.of(partition, (long) RECORDS)));
            Records.publish(kafka, payments, IntStream.range(0, 10));

            await().atMost(PATIENCE).until(() -> paid.size() == 10);
            assertThat(handled.size()).as("of those that wait").isLessThan(RECORDS);

            await().atMost(PATIENCE).until(() -> handled.size() == RECORDS);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(kafka.committedOffsets(group)).containsEntry(partition, RECORDS + 10L));
        }
    }
}
