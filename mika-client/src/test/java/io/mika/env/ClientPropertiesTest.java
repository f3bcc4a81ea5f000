package io.mika.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClientPropertiesTest {
    private static final Map<String, Object> NONE = Map.of();

    @Test
    void theGroupsConsumerHasWhatTheEngineOwns() {
        assertThat(properties(NONE, NONE, NONE).groupConsumer("billing", "mika-billing-1"))
                .containsEntry("group.id", "billing")
                .containsEntry("group.protocol", "classic")
                .containsEntry(
                        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("client.id", "mika-billing-1")
                .containsEntry("max.poll.records", 5_000)
                .containsEntry("default.api.timeout.ms", 15_000)
                .containsEntry("request.timeout.ms", 15_000);
    }

    @Test
    void withTheConsumerProtocolThereIsNoAssignor() {
        KafkaSettings settings = Env.of("KAFKA_GROUP_PROTOCOL", "consumer").settings();

        assertThat(new ClientProperties(settings, UserProperties.none()).groupConsumer("billing", "c"))
                .containsEntry("group.protocol", "consumer")
                .doesNotContainKeys("partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms");
    }

    @Test
    void theSuffixIsAppendedToTheGroup() {
        KafkaSettings settings = Env.of("KAFKA_GLOBAL_SUFFIX", "-dev").settings();

        assertThat(new ClientProperties(settings, UserProperties.none()).groupConsumer("billing", "c"))
                .containsEntry("group.id", "billing-dev");
    }

    @Test
    void anAssignedConsumerHasNothingOfAGroup() {
        Map<String, Object> users = Map.of("group.instance.id", "i", "group.remote.assignor", "range");
        KafkaSettings settings = Env.of("KAFKA_GROUP_PROTOCOL", "consumer").settings();

        assertThat(new ClientProperties(settings, new UserProperties(users, NONE, NONE)).assignedConsumer("c"))
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("group.protocol", "classic")
                .doesNotContainKeys(
                        "group.id", "group.instance.id", "group.remote.assignor", "partition.assignment.strategy");
    }

    @Test
    void producersWriteWithAllReplicasAndOnce() {
        ClientProperties properties = properties(NONE, NONE, NONE);

        for (Map<String, Object> producer : List.of(properties.publishProducer("p"), properties.failureProducer("p"))) {
            assertThat(producer)
                    .containsEntry("acks", "all")
                    .containsEntry("enable.idempotence", true)
                    .containsEntry("linger.ms", 5)
                    .containsEntry("max.block.ms", 5_000L)
                    .doesNotContainKey("transactional.id");
        }
    }

    @Test
    void theFailureProducerTakesLargeRecords() {
        assertThat(properties(NONE, NONE, NONE).failureProducer("p"))
                .containsEntry("batch.size", 491_520)
                .containsEntry("max.request.size", 67_108_864)
                .containsEntry("buffer.memory", 167_772_160L);
    }

    @Test
    void theFailureProducersLimitsCanBeRaisedAlone() {
        Map<String, Object> low = Map.of(
                "max.request.size", "1000", "buffer.memory", 1_000L, "max.block.ms", "60000", "batch.size", "100");
        Map<String, Object> high =
                Map.of("max.request.size", "100000000", "buffer.memory", "200000000", "max.block.ms", 10);

        assertThat(properties(low, NONE, NONE).failureProducer("p"))
                .containsEntry("max.request.size", 67_108_864)
                .containsEntry("buffer.memory", 167_772_160L)
                .containsEntry("max.block.ms", 5_000L)
                .containsEntry("batch.size", "100");
        assertThat(properties(NONE, NONE, high).failureProducer("p"))
                .containsEntry("max.request.size", 100_000_000)
                .containsEntry("buffer.memory", 200_000_000L)
                .containsEntry("max.block.ms", 10L);
        assertThat(properties(low, NONE, NONE).publishProducer("p"))
                .containsEntry("max.request.size", "1000")
                .containsEntry("max.block.ms", "60000");
    }

    @Test
    void theNearerPropertyWins() {
        Map<String, Object> any = Map.of(
                "bootstrap.servers", "any:1", "client.id", "any", "max.poll.records", 10, "metadata.max.age.ms", 1);
        ClientProperties properties = properties(
                any, Map.of("max.poll.records", 20, "metadata.max.age.ms", 2), Map.of("metadata.max.age.ms", 3));

        assertThat(properties.groupConsumer("g", "ours"))
                .containsEntry("bootstrap.servers", "any:1")
                .containsEntry("client.id", "any")
                .containsEntry("max.poll.records", 20)
                .containsEntry("metadata.max.age.ms", 2);
        assertThat(properties.publishProducer("ours")).containsEntry("metadata.max.age.ms", 3);
        assertThat(properties.admin("ours")).containsEntry("metadata.max.age.ms", 1);
    }

    @Test
    void whatIsOwnedCannotBeOverridden() {
        Map<String, Object> users =
                Map.of("acks", "0", "auto.offset.reset", "latest", "group.id", "other", "enable.auto.commit", true);

        assertThat(properties(users, users, users).groupConsumer("billing", "c"))
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("group.id", "billing")
                .containsEntry("enable.auto.commit", false);
        assertThat(properties(users, users, users).publishProducer("c")).containsEntry("acks", "all");
    }

    @Test
    void aPropertyGoesToTheClientsThatKnowIt() {
        ClientProperties properties =
                properties(Map.of("compression.type", "zstd", "fetch.min.bytes", 7, "my.own", "x"), NONE, NONE);

        assertThat(properties.publishProducer("c"))
                .containsKeys("compression.type", "my.own")
                .doesNotContainKey("fetch.min.bytes");
        assertThat(properties.groupConsumer("g", "c"))
                .containsKeys("fetch.min.bytes", "my.own")
                .doesNotContainKey("compression.type");
        assertThat(properties.admin("c"))
                .containsKey("my.own")
                .doesNotContainKeys("compression.type", "fetch.min.bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 15000, 15000",
        "'', 5000, 5000, 15000",
        "'', 30000, 30000, 30000",
        "5000, '', 5000, 5000",
        "60000, '', 15000, 60000",
        "20000, 30000, 20000, 20000",
        "${env:X}, '', 15000, ${env:X}"
    })
    void aRequestNeverTakesLongerThanItsCall(String call, String request, String expectedRequest, String expectedCall) {
        Map<String, Object> users = new HashMap<>();
        if (!call.isEmpty()) {
            users.put("default.api.timeout.ms", call);
        }
        if (!request.isEmpty()) {
            users.put("request.timeout.ms", request);
        }
        ClientProperties properties = properties(users, NONE, NONE);

        for (Map<String, Object> map : List.of(properties.admin("c"), properties.groupConsumer("g", "c"))) {
            assertThat(map.get("request.timeout.ms")).asString().isEqualTo(expectedRequest);
            assertThat(map.get("default.api.timeout.ms")).asString().isEqualTo(expectedCall);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, SASL_PLAINTEXT", "true, SASL_SSL"})
    void anotherMechanismByPropertyChangesTheSecurityProtocol(String tls, String protocol) {
        KafkaSettings settings = Env.of("KAFKA_TLS_ENABLED", tls).settings();
        ClientProperties properties =
                new ClientProperties(settings, new UserProperties(Map.of("sasl.mechanism", "OAUTHBEARER"), NONE, NONE));

        assertThat(properties.admin("c"))
                .containsEntry("sasl.mechanism", "OAUTHBEARER")
                .containsEntry("security.protocol", protocol);
    }

    @Test
    void aSecurityProtocolOfTheUsersStays() {
        assertThat(properties(Map.of("sasl.mechanism", "OAUTHBEARER", "security.protocol", "SASL_SSL"), NONE, NONE)
                        .publishProducer("c"))
                .containsEntry("security.protocol", "SASL_SSL");
    }

    @ParameterizedTest
    @EnumSource
    void kafkaTakesThemAll(GroupProtocol protocol) {
        KafkaSettings settings = Env.of(
                        "KAFKA_BROKERS", "localhost:1",
                        "KAFKA_GROUP_PROTOCOL", protocol.kafkaName(),
                        "KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
                        "KAFKA_SASL_USERNAME", "alice",
                        "KAFKA_SASL_PASSWORD", "hunter2\"")
                .settings();
        ClientProperties properties = new ClientProperties(settings, UserProperties.none());
        CloseOptions now = CloseOptions.timeout(Duration.ZERO);

        new KafkaConsumer<byte[], byte[]>(properties.groupConsumer("g", "c-" + protocol)).close(now);
        new KafkaConsumer<byte[], byte[]>(properties.assignedConsumer("a-" + protocol)).close(now);
        new KafkaProducer<byte[], byte[]>(properties.publishProducer("p-" + protocol)).close(Duration.ZERO);
        new KafkaProducer<byte[], byte[]>(properties.failureProducer("f-" + protocol)).close(Duration.ZERO);
        Admin.create(properties.admin("x-" + protocol)).close(Duration.ZERO);
    }

    private static ClientProperties properties(
            Map<String, Object> any, Map<String, Object> consumer, Map<String, Object> producer) {
        return new ClientProperties(Env.of().settings(), new UserProperties(any, consumer, producer));
    }
}
