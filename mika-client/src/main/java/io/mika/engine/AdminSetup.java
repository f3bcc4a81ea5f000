package io.mika.engine;

import static io.mika.engine.AdminLookups.cause;
import static io.mika.engine.AdminLookups.future;
import static java.util.Objects.requireNonNull;

import io.mika.engine.Setup.Presence;
import io.mika.engine.Setup.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka's admin client how topics and group are set up. What is refused is an answer too; any other error fails the
 * whole. <i>Thread-safe.</i>
 */
final class AdminSetup {
    private static final String CREATES_TOPICS = "auto.create.topics.enable";

    private final Admin admin;

    AdminSetup(Admin admin) {
        this.admin = admin;
    }

    CompletableFuture<Setup> ask(@Nullable String group, Set<String> topics) {
        CompletableFuture<Map<String, Topic>> described = topics(topics);
        CompletableFuture<Optional<Boolean>> creates = createsTopics();
        CompletableFuture<Boolean> refused =
                group == null ? CompletableFuture.completedFuture(false) : mayNotJoin(group);
        return CompletableFuture.allOf(described, creates, refused)
                .thenApply(done -> new Setup(described.join(), creates.join(), refused.join()));
    }

    private CompletableFuture<Map<String, Topic>> topics(Set<String> topics) {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        Map<String, CompletableFuture<Topic>> asked = new HashMap<>();
        admin.describeTopics(topics, options)
                .topicNameValues()
                .forEach((topic, answer) -> asked.put(
                        topic,
                        future(answer)
                                .thenCombine(
                                        settings(new ConfigResource(ConfigResource.Type.TOPIC, topic)),
                                        AdminSetup::topic)
                                .exceptionally(AdminSetup::absent)));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> asked.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, each -> each.getValue().join())));
    }

    private static Topic topic(TopicDescription described, Map<String, String> settings) {
        int replicas = described.partitions().stream()
                .map(TopicPartitionInfo::replicas)
                .mapToInt(List::size)
                .min()
                .orElse(0);
        return new Topic(Presence.THERE, replicas, Optional.ofNullable(described.authorizedOperations()), settings);
    }

    private static Topic absent(Throwable error) {
        Throwable cause = cause(error);
        if (cause instanceof UnknownTopicOrPartitionException) {
            return Topic.absent(Presence.MISSING);
        }
        if (cause instanceof AuthorizationException) {
            return Topic.absent(Presence.REFUSED);
        }
        throw new CompletionException(cause);
    }

    /** Empty if they may not be known. */
    private CompletableFuture<Map<String, String>> settings(ConfigResource of) {
        return future(requireNonNull(admin.describeConfigs(List.of(of)).values().get(of)))
                .thenApply(AdminSetup::values)
                .exceptionally(error -> {
                    if (cause(error) instanceof AuthorizationException
                            || cause(error) instanceof UnknownTopicOrPartitionException) {
                        return Map.of();
                    }
                    throw new CompletionException(cause(error));
                });
    }

    private static Map<String, String> values(Config config) {
        return config.entries().stream()
                .filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    private CompletableFuture<Optional<Boolean>> createsTopics() {
        return future(admin.describeCluster().nodes())
                .thenCompose(this::settingsOfOne)
                .thenApply(settings ->
                        Optional.ofNullable(settings.get(CREATES_TOPICS)).map(Boolean::parseBoolean));
    }

    private CompletableFuture<Map<String, String>> settingsOfOne(Collection<Node> nodes) {
        return nodes.stream()
                .findFirst()
                .map(node -> settings(new ConfigResource(ConfigResource.Type.BROKER, node.idString())))
                .orElseGet(() -> CompletableFuture.completedFuture(Map.of()));
    }

    /** A group that does not exist yet may be joined, as far as is known. */
    private CompletableFuture<Boolean> mayNotJoin(String group) {
        return future(requireNonNull(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group)))
                .handle((described, error) -> error != null && cause(error) instanceof GroupAuthorizationException);
    }
}
