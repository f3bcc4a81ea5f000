package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.record.FailureHeaders;
import io.mika.record.Pointer;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import io.mika.test.broker.WithBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** A dead letter queue that cannot be written to, on real brokers: nothing is lost, and it recovers by itself. */
@WithBroker
class DlqFaultIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int RECORDS = 200;

    private final Queue<Delivery> handed = new ConcurrentLinkedQueue<>();
    private final Queue<Settlement> settlements = new ConcurrentLinkedQueue<>();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    private KafkaClient started(KafkaFixture kafka, String group, String topic, String dlq) {
        KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest())
                .dlqTopic(dlq)
                .producerProperty("request.timeout.ms", 2_000)
                .producerProperty("delivery.timeout.ms", 3_000)
                .listener(new ClientListener() {
                    @Override
                    public void onWriteFailed(String to, Throwable error) {
                        told.add(to + " " + error.getClass().getSimpleName());
                    }
                })
                .consumer(topic, options -> options.useDlq(), handed::add)
                .build();
        client.start();
        return client;
    }

    private void awaitHanded(int records) {
        await().atMost(PATIENCE).until(() -> handed.size() == records);
    }

    private void failAll() {
        handed.forEach(delivery -> {
            var unused = delivery.fail("no").thenAccept(settlements::add);
        });
    }

    private void awaitDeadLettered(int records) {
        await().atMost(PATIENCE).until(() -> settlements.size() == records);
        assertThat(settlements).containsOnly(Settlement.DEAD_LETTERED);
    }

    private static List<Integer> distinct(KafkaFixture kafka, String dlq) {
        return Records.of(kafka, dlq).stream()
                .map(record -> Integer.parseInt(Records.text(record.value())))
                .distinct()
                .sorted()
                .collect(Collectors.toList());
    }

    private static List<Integer> all() {
        return IntStream.range(0, RECORDS).boxed().toList();
    }

    private static long committed(KafkaFixture kafka, String group, String topic) {
        return kafka.committedOffsets(group).getOrDefault(new TopicPartition(topic, 0), 0L);
    }

    /** While the client lives: one that lost its partitions while brokers were away has nothing to commit in closing. */
    private static void awaitCommitted(KafkaFixture kafka, String topic) {
        await().atMost(PATIENCE).until(() -> committed(kafka, "billing", topic) == RECORDS);
    }

    @Test
    void oneThatIsMissingIsFoundWhenItAppears(KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("orders", 1);
        String group = kafka.group("billing");
        String dlq = kafka.unique("late-dlq");
        Records.publish(kafka, topic, IntStream.range(0, RECORDS));
        try (KafkaClient client = started(kafka, group, topic, dlq)) {
            awaitHanded(RECORDS);
            failAll();
            await().atMost(PATIENCE).until(() -> !told.isEmpty());
            assertThat(settlements).isEmpty();
            assertThat(committed(kafka, group, topic)).isZero();

            kafka.admin()
                    .createTopics(List.of(new NewTopic(dlq, 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            awaitDeadLettered(RECORDS);
        }
        assertThat(told).containsOnly(dlq + " TimeoutException");
        assertThat(distinct(kafka, dlq)).isEqualTo(all());
        assertThat(committed(kafka, group, topic)).isEqualTo(RECORDS);
    }

    @Test
    void aRecordThatItFindsTooLargeLeavesAPointer(KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("orders", 1);
        String group = kafka.group("billing");
        String dlq = kafka.unique("small-dlq");
        kafka.create(new NewTopic(dlq, 1, (short) 1).configs(Map.of("max.message.bytes", "2000")));
        String large = "v".repeat(10_000);
        kafka.produce(topic, "k", large);
        kafka.produce(topic, "k", "small");
        try (KafkaClient client = started(kafka, group, topic, dlq)) {
            awaitHanded(2);
            failAll();
            awaitDeadLettered(2);
        }
        assertThat(told).as("it found its way").isEmpty();
        assertThat(committed(kafka, group, topic)).isEqualTo(2);
        var records = Records.of(kafka, dlq);
        assertThat(records)
                .hasSize(2)
                .extracting(record -> Records.text(record.value()))
                .contains("small");
        assertThat(records)
                .filteredOn(record -> record.value() == null)
                .singleElement()
                .satisfies(record -> assertThat(FailureHeaders.read(record.headers(), group)
                                .orElseThrow()
                                .pointer())
                        .hasValue(Pointer.to(topic, 0, 0, large.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void oneThatIsForbiddenIsTriedUntilItIsNot() throws Exception {
        try (TestBroker broker = TestBroker.builder()
                        .config("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .config("allow.everyone.if.no.acl.found", "true")
                        .start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("orders", 1);
            String dlq = kafka.topic("dlq", 1);
            AclBinding no = new AclBinding(
                    new ResourcePattern(ResourceType.TOPIC, dlq, PatternType.LITERAL),
                    new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY));
            kafka.admin().createAcls(List.of(no)).all().get(30, TimeUnit.SECONDS);
            Records.publish(kafka, topic, IntStream.range(0, RECORDS));
            try (KafkaClient client = started(kafka, "billing", topic, dlq)) {
                awaitHanded(RECORDS);
                failAll();
                await().atMost(PATIENCE).until(() -> !told.isEmpty());
                assertThat(settlements).isEmpty();

                kafka.admin().deleteAcls(List.of(no.toFilter())).all().get(30, TimeUnit.SECONDS);
                awaitDeadLettered(RECORDS);
            }
            assertThat(told).as("one signal, half a minute apart").hasSizeLessThan(4);
            assertThat(told).containsOnly(dlq + " TopicAuthorizationException");
            assertThat(distinct(kafka, dlq)).isEqualTo(all());
        }
    }

    @Test
    void oneWhoseBrokerIsDownGetsEverythingWhenItIsBack() {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("orders", 1);
            String dlq = kafka.topic("dlq", 1);
            Records.publish(kafka, topic, IntStream.range(0, RECORDS));
            try (KafkaClient client = started(kafka, "billing", topic, dlq)) {
                awaitHanded(RECORDS);
                broker.kill();
                failAll();
                await().atMost(PATIENCE).until(() -> !told.isEmpty());
                broker.start();
                awaitDeadLettered(RECORDS);
                awaitCommitted(kafka, topic);
            }
            assertThat(told).allMatch(text -> text.startsWith(dlq + " "));
            assertThat(distinct(kafka, dlq)).isEqualTo(all());
            assertThat(committed(kafka, "billing", topic)).isEqualTo(RECORDS);
        }
    }

    @Test
    void oneWhoseBrokerHangsGetsEverythingWhenItGoesOn() {
        try (TestBroker broker = TestBroker.builder().start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String topic = kafka.topic("orders", 1);
            String dlq = kafka.topic("dlq", 1);
            Records.publish(kafka, topic, IntStream.range(0, RECORDS));
            try (KafkaClient client = started(kafka, "billing", topic, dlq)) {
                awaitHanded(RECORDS);
                broker.freeze();
                failAll();
                await().atMost(PATIENCE).until(() -> !told.isEmpty());
                broker.thaw();
                awaitDeadLettered(RECORDS);
                awaitCommitted(kafka, topic);
            }
            assertThat(distinct(kafka, dlq)).isEqualTo(all());
            assertThat(committed(kafka, "billing", topic)).isEqualTo(RECORDS);
        }
    }
}
