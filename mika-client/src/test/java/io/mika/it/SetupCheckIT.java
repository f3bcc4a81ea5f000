package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mika.KafkaClient;
import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.TestBroker;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** What the start-up check finds on real brokers. */
@WithBroker
class SetupCheckIT {
    private static KafkaClient.Builder builder(KafkaFixture kafka, String group, String orders) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest())
                .consumer(
                        orders,
                        options -> options.retries(1, Backoff.fixed(Duration.ofHours(2)))
                                .useDlq(),
                        Delivery::ack);
    }

    private static List<String> problems(KafkaClient.Builder builder) throws ExecutionException {
        try (KafkaClient client = builder.build()) {
            client.start();
            ExecutionException failed = catchThrowableOfType(
                    ExecutionException.class, () -> client.ready().get(60, TimeUnit.SECONDS));
            assertThat(client.isClosed()).as("it goes on").isFalse();
            if (failed.getCause() instanceof ConfigException wrong) {
                return wrong.problems();
            }
            throw failed;
        }
    }

    @Test
    void aClientIsReadyWhereAllIsWell(KafkaFixture kafka) throws Exception {
        KafkaClient.Builder builder = builder(kafka, kafka.group("billing"), kafka.topic("orders", 1));
        try (KafkaClient client = builder.retryTopic(kafka.topic("retry", 1))
                .dlqTopic(kafka.topic("dlq", 1))
                .build()) {
            client.start();

            assertThat(client.ready().get(60, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void whatIsWrongIsToldTogether(KafkaFixture kafka) throws Exception {
        String retry = kafka.unique("retry");
        kafka.admin()
                .createTopics(List.of(new NewTopic(retry, 1, (short) 1)
                        .configs(Map.of(
                                "retention.ms", "3600000", "max.message.bytes", "1000", "min.insync.replicas", "1"))))
                .all()
                .get(30, TimeUnit.SECONDS);
        String orders = kafka.topic("orders", 1);
        String dlq = kafka.unique("dlq");

        assertThat(problems(builder(kafka, kafka.group("billing"), orders)
                        .retryTopic(retry)
                        .dlqTopic(dlq)))
                .containsExactly(
                        "topic " + retry + " (retry topic) has retention.ms=3600000, and a retry of topic " + orders
                                + " may wait for PT2H: it would be deleted before it is due",
                        "topic " + dlq + " (dead letter queue) does not exist, and the brokers do not create topics"
                                + " (auto.create.topics.enable=false): create it",
                        "topic " + retry + " (retry topic) takes records of 1000 bytes (max.message.bytes), and topic "
                                + orders + " may have larger ones, of 1048588");
    }

    @Test
    void whatIsRefusedIsTold() throws Exception {
        try (TestBroker broker = TestBroker.builder()
                        .config("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .config("allow.everyone.if.no.acl.found", "true")
                        .start();
                KafkaFixture kafka = new KafkaFixture(broker)) {
            String orders = kafka.topic("orders", 1);
            String retry = kafka.topic("retry", 1);
            String dlq = kafka.topic("dlq", 1);
            kafka.admin()
                    .createAcls(List.of(
                            acl(ResourceType.TOPIC, dlq, AclOperation.WRITE, AclPermissionType.DENY),
                            acl(ResourceType.TOPIC, orders, AclOperation.READ, AclPermissionType.ALLOW),
                            acl(ResourceType.GROUP, "billing", AclOperation.ALL, AclPermissionType.DENY)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            assertThat(problems(
                            builder(kafka, "billing", orders).retryTopic(retry).dlqTopic(dlq)))
                    .containsExactly(
                            "group billing is refused: this client needs READ on it",
                            "topic " + dlq + " (dead letter queue) is refused: this client needs WRITE on it",
                            "how these topics are configured this client may not know (it needs DESCRIBE_CONFIGS): ["
                                    + orders + "]");
        }
    }

    private static AclBinding acl(
            ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }
}
