package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Source;
import io.mika.env.GroupProtocol;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.record.FailureHeaders;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where failed records go, on a real broker. */
@WithBroker
class FailureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    /** The topics of one test: its own, with two partitions each. */
    private record Topics(String orders, String retry, String dlq) {
        static Topics of(KafkaFixture kafka) {
            return new Topics(kafka.topic("orders", 2), kafka.topic("orders-retry", 2), kafka.topic("orders-dlq", 2));
        }
    }

    private static KafkaClient.Builder builder(
            KafkaFixture kafka, Topics topics, String group, GroupProtocol protocol) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .groupProtocol(protocol)
                .startFrom(StartPosition.earliest())
                .retryTopic(topics.retry())
                .dlqTopic(topics.dlq());
    }

    private static KafkaClient started(KafkaClient.Builder builder) {
        KafkaClient client = builder.build();
        client.start();
        return client;
    }

    private static Consumer<ConsumerOptions> retries(int hops) {
        return options -> options.retries(hops).useDlq();
    }

    private DeliveryHandler noting(DeliveryHandler handler) {
        return delivery -> {
            seen.add(Records.text(delivery.value()) + " " + delivery.source() + " " + delivery.attempt());
            handler.handle(delivery);
        };
    }

    private static FailureHeaders headers(ConsumerRecord<byte[], byte[]> record, String group) {
        return FailureHeaders.read(record.headers(), group).orElseThrow();
    }

    private static void awaitAllCommitted(KafkaFixture kafka, String group, String... topics) {
        for (String topic : topics) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(kafka.committedOffsets(group)).containsAllEntriesOf(kafka.ends(topic, 2)));
        }
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void aRecordIsRetriedTwiceAndThenAcked(GroupProtocol protocol, KafkaFixture kafka) {
        Topics topics = Topics.of(kafka);
        String group = kafka.group("billing");
        kafka.produce(topics.orders(), "k", "apples");
        try (KafkaClient client = started(builder(kafka, topics, group, protocol)
                .consumer(topics.orders(), retries(2), noting(delivery -> {
                    if (delivery.attempt() < 3) {
                        throw new RetryableException("not yet");
                    }
                    delivery.ack();
                })))) {
            await().atMost(PATIENCE).until(() -> seen.size() == 3);
            awaitAllCommitted(kafka, group, topics.orders(), topics.retry());
        }
        assertThat(seen).containsExactly("apples TOPIC 1", "apples RETRY 2", "apples RETRY 3");
        assertThat(Records.of(kafka, topics.dlq())).isEmpty();
    }

    @Test
    void aFatalFailureSkipsTheRetryTopic(KafkaFixture kafka) {
        Topics topics = Topics.of(kafka);
        String group = kafka.group("billing");
        kafka.produce(topics.orders(), "k", "apples");
        try (KafkaClient client = started(builder(kafka, topics, group, GroupProtocol.CLASSIC)
                .consumer(topics.orders(), retries(2), noting(delivery -> {
                    throw new IllegalStateException("no such customer");
                })))) {
            await().atMost(PATIENCE).until(() -> !seen.isEmpty());
            awaitAllCommitted(kafka, group, topics.orders());
        }
        assertThat(seen).containsExactly("apples TOPIC 1");
        assertThat(Records.of(kafka, topics.retry())).isEmpty();
        assertThat(Records.of(kafka, topics.dlq())).singleElement().satisfies(record -> {
            assertThat(Records.text(record.key())).isEqualTo("k");
            assertThat(headers(record, group).message()).isEqualTo("no such customer");
        });
    }

    @Test
    void whatFailsOnceTooOftenIsDeadLettered(KafkaFixture kafka) {
        Topics topics = Topics.of(kafka);
        String group = kafka.group("billing");
        kafka.produce(topics.orders(), "k", "apples");
        try (KafkaClient client = started(builder(kafka, topics, group, GroupProtocol.CLASSIC)
                .consumer(topics.orders(), retries(2), noting(delivery -> {
                    throw new RetryableException("never");
                })))) {
            await().atMost(PATIENCE).until(() -> seen.size() == 3);
            awaitAllCommitted(kafka, group, topics.orders(), topics.retry());
        }
        assertThat(seen).containsExactly("apples TOPIC 1", "apples RETRY 2", "apples RETRY 3");
        assertThat(Records.of(kafka, topics.dlq())).singleElement().satisfies(record -> {
            assertThat(headers(record, group).retries()).hasValue(2);
            assertThat(headers(record, group).originalTopic()).isEqualTo(topics.orders());
        });
    }

    @Test
    void threeGroupsShareOneRetryTopicAndOneDeadLetterQueue(KafkaFixture kafka) {
        Topics topics = Topics.of(kafka);
        List<String> groups = List.of(kafka.group("billing"), kafka.group("shipping"), kafka.group("audit"));
        int records = 50;
        Map<String, Set<String>> acked = new ConcurrentHashMap<>();
        List<KafkaClient> clients = groups.stream()
                .map(group -> {
                    Set<String> mine = acked.computeIfAbsent(group, missing -> ConcurrentHashMap.newKeySet());
                    return started(builder(kafka, topics, group, GroupProtocol.CLASSIC)
                            .consumer(topics.orders(), retries(1), delivery -> failOnce(delivery, mine)));
                })
                .toList();
        try {
            Records.publish(kafka, topics.orders(), IntStream.range(0, records));
            for (String group : groups) {
                await().atMost(PATIENCE)
                        .until(() -> acked.getOrDefault(group, Set.of()).size() == records / 2);
                awaitAllCommitted(kafka, group, topics.orders(), topics.retry());
            }
        } finally {
            clients.forEach(KafkaClient::close);
        }
        assertThat(Records.of(kafka, topics.retry())).hasSize(groups.size() * records / 2);
        List<ConsumerRecord<byte[], byte[]>> dead = Records.of(kafka, topics.dlq());
        for (String group : groups) {
            assertThat(dead)
                    .filteredOn(record -> FailureHeaders.owns(record.headers(), group))
                    .hasSize(records / 2)
                    .allSatisfy(record -> assertThat(number(record.value()) % 2).isOne());
        }
    }

    /** Even ones are retried and then acked, odd ones are fatal. */
    private static void failOnce(Delivery delivery, Set<String> acked) {
        if (number(delivery.value()) % 2 == 1) {
            throw new IllegalStateException("odd");
        }
        if (delivery.source() == Source.TOPIC) {
            throw new RetryableException("not yet");
        }
        acked.add(Records.text(delivery.value()));
        delivery.ack();
    }

    private static int number(byte @Nullable [] value) {
        return Integer.parseInt(Records.text(value));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void theDeadLetterQueueIsConsumedWhileThatIsOn(GroupProtocol protocol, KafkaFixture kafka) throws Exception {
        Topics topics = Topics.of(kafka);
        String group = kafka.group("billing");
        AtomicBoolean mended = new AtomicBoolean();
        AtomicInteger passes = new AtomicInteger();
        Records.publish(kafka, topics.orders(), IntStream.range(0, 20));
        try (KafkaClient client = started(builder(kafka, topics, group, protocol)
                .listener(new ClientListener() {
                    @Override
                    public void onDlqPassCompleted() {
                        passes.incrementAndGet();
                    }
                })
                .consumer(topics.orders(), retries(0), noting(delivery -> {
                    if (!mended.get()) {
                        throw new IllegalStateException("broken");
                    }
                    delivery.ack();
                })))) {
            awaitAllCommitted(kafka, group, topics.orders());
            assertThat(seen).as("nobody consumes it yet").noneMatch(text -> text.contains("DLQ"));
            client.enableDlqConsumption().get(30, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> passes.get() == 1);
            assertThat(seen).as("one pass, though all of them failed again").hasSize(40);

            mended.set(true);
            client.disableDlqConsumption().get(30, TimeUnit.SECONDS);
            client.enableDlqConsumption().get(30, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> passes.get() == 2);
            assertThat(seen).hasSize(60);
            awaitAllCommitted(kafka, group, topics.dlq());

            client.disableDlqConsumption().get(30, TimeUnit.SECONDS);
            mended.set(false);
            Records.publish(kafka, topics.orders(), IntStream.range(20, 30));
            awaitAllCommitted(kafka, group, topics.orders());
            assertThat(seen).hasSize(70);
        }
        assertThat(Records.of(kafka, topics.dlq())).hasSize(50);
    }

    @Test
    void theGlobalSuffixIsAppliedOnceToGroupAndTopics(KafkaFixture kafka) {
        Topics wire = Topics.of(kafka);
        String suffix = wire.orders().substring("orders".length());
        kafka.produce(wire.orders(), "k", "apples");
        try (KafkaClient client = started(KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .globalSuffix(suffix)
                .group("billing")
                .startFrom(StartPosition.earliest())
                .retryTopic("orders-retry")
                .dlqTopic("orders-dlq")
                .consumer("orders", retries(1), delivery -> {
                    seen.add(delivery.topic() + " "
                            + delivery.origin().map(origin -> origin.topic()).orElse(""));
                    throw new RetryableException("never");
                }))) {
            await().atMost(PATIENCE).until(() -> seen.size() == 2);
            awaitAllCommitted(kafka, "billing" + suffix, wire.orders(), wire.retry());
        }
        assertThat(seen).as("the application sees names without it").containsOnly("orders orders");
        assertThat(Records.of(kafka, wire.dlq()))
                .singleElement()
                .satisfies(
                        record -> assertThat(headers(record, "billing" + suffix).originalTopic())
                                .isEqualTo(wire.orders()));
    }
}
