package io.mika.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.engine.Setup.Presence;
import io.mika.engine.Setup.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;

/** What the start-up check finds. */
class SetupFindingsTest {
    private static final Set<AclOperation> ALL = Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);

    private final Map<String, Topic> topics = new HashMap<>(Map.of(
            "orders", there(Map.of("max.message.bytes", "1000")),
            "retry", there(Map.of("max.message.bytes", "9000", "cleanup.policy", "delete")),
            "dlq", there(Map.of("max.message.bytes", "9000", "cleanup.policy", "delete"))));

    private Optional<Boolean> createsTopics = Optional.of(false);
    private boolean mayNotJoin;
    private ConsumerOptions options = ConsumerOptions.create().retries(2).useDlq();

    private static Topic there(Map<String, String> settings) {
        return new Topic(Presence.THERE, 1, Optional.of(ALL), settings);
    }

    private void set(String topic, String name, String value) {
        Map<String, String> settings =
                new HashMap<>(requireNonNull(topics.get(topic)).settings());
        settings.put(name, value);
        topics.put(topic, there(settings));
    }

    private SetupFindings.Found found() {
        Engine.Config config = new Engine.Config(
                "billing",
                List.of(new Engine.Binding("orders", "orders", options, delivery -> {})),
                new Engine.FailureTopics("retry", "dlq", Duration.ofMinutes(15)),
                null,
                "",
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                true,
                null,
                Duration.ZERO,
                1,
                Limits.DEFAULT,
                List.of(),
                List.of(),
                List.of());
        return SetupFindings.of(config, name -> name, new Setup(topics, createsTopics, mayNotJoin));
    }

    private void isFatal(String finding) {
        assertThat(found().fatal()).containsExactly(finding);
        assertThat(found().warnings()).isEmpty();
    }

    private void isAWarning(String finding) {
        assertThat(found().warnings()).containsExactly(finding);
        assertThat(found().fatal()).isEmpty();
    }

    @Test
    void nothingIsFoundWhereAllIsWell() {
        assertThat(found()).isEqualTo(new SetupFindings.Found(List.of(), List.of()));
    }

    @Test
    void aTopicOfAConsumerMayComeLater() {
        topics.put("orders", Topic.absent(Presence.MISSING));

        assertThat(found()).isEqualTo(new SetupFindings.Found(List.of(), List.of()));
    }

    @Test
    void aDeadLetterQueueThatNobodyCreatesIsFatal() {
        topics.put("dlq", Topic.absent(Presence.MISSING));

        isFatal("topic dlq (dead letter queue) does not exist, and the brokers do not create topics"
                + " (auto.create.topics.enable=false): create it");
    }

    @Test
    void oneThatTheBrokersCreateIsNot() {
        topics.put("dlq", Topic.absent(Presence.MISSING));
        createsTopics = Optional.of(true);

        assertThat(found()).isEqualTo(new SetupFindings.Found(List.of(), List.of()));
    }

    @Test
    void oneThatTheyMayCreateIsAWarning() {
        topics.put("retry", Topic.absent(Presence.MISSING));
        createsTopics = Optional.empty();

        isAWarning("topic retry (retry topic) does not exist, and whether the brokers create topics this client may not"
                + " know: create it");
    }

    @Test
    void whatIsRefusedIsFatal() {
        mayNotJoin = true;
        topics.put("orders", Topic.absent(Presence.REFUSED));
        topics.put("retry", new Topic(Presence.THERE, 1, Optional.of(Set.of(AclOperation.WRITE)), Map.of("a", "b")));
        topics.put("dlq", new Topic(Presence.THERE, 1, Optional.of(Set.of(AclOperation.READ)), Map.of("a", "b")));

        assertThat(found().fatal())
                .containsExactly(
                        "group billing is refused: this client needs READ on it",
                        "topic orders is refused: this client needs READ on it",
                        "topic retry (retry topic) is refused: this client needs READ on it",
                        "topic dlq (dead letter queue) is refused: this client needs WRITE on it");
    }

    @Test
    void whatIsAllowedMayBeUnknown() {
        topics.put("dlq", new Topic(Presence.THERE, 1, Optional.empty(), Map.of("a", "b")));

        assertThat(found()).isEqualTo(new SetupFindings.Found(List.of(), List.of()));
    }

    @Test
    void moreReplicasInSyncThanThereAreIsFatal() {
        set("dlq", "min.insync.replicas", "2");

        isFatal("topic dlq (dead letter queue) has min.insync.replicas=2 and 1 replicas: it takes no record that every"
                + " replica is to acknowledge");
    }

    @Test
    void aRetentionShorterThanTheLongestDelayIsFatal() {
        set("retry", "retention.ms", "3600000");
        options = ConsumerOptions.create()
                .retries(10, Backoff.exponential(Duration.ofMinutes(1), Duration.ofHours(2)))
                .useDlq();

        isFatal(
                "topic retry (retry topic) has retention.ms=3600000, and a retry of topic orders may wait for PT2H: it would"
                        + " be deleted before it is due");
    }

    @Test
    void aRetentionThatIsLongEnoughIsFine() {
        set("retry", "retention.ms", "3600000");
        options = ConsumerOptions.create().retries(10, Backoff.fixed(Duration.ofMinutes(59)));

        assertThat(found().fatal()).isEmpty();
    }

    @Test
    void aRetentionThatIsOverBeforeAnybodyLooksIsAWarning() {
        set("retry", "retention.ms", "60000");

        isAWarning(
                "topic retry (retry topic) has retention.ms=60000: it may delete what waits for long before this client,"
                        + " which looks for that once a minute, has written it anew; ten minutes are the least, and a week is a"
                        + " good value");
    }

    @Test
    void aDeadLetterQueueThatTakesLessThanItsSourceIsAWarning() {
        set("dlq", "max.message.bytes", "500");

        isAWarning(
                "topic dlq (dead letter queue) takes records of 500 bytes (max.message.bytes), and topic orders may have"
                        + " larger ones, of 1000");
    }

    @Test
    void compactionOfFailedRecordsIsAWarning() {
        set("retry", "cleanup.policy", "compact,delete");

        isAWarning(
                "topic retry (retry topic) has cleanup.policy=compact, which removes failed records that share a key: set"
                        + " it to delete");
    }

    @Test
    void whatMayNotBeKnownIsAWarning() {
        topics.put("dlq", there(Map.of()));
        topics.put("orders", there(Map.of()));

        isAWarning(
                "how these topics are configured this client may not know (it needs DESCRIBE_CONFIGS): [dlq, orders]");
    }
}
