package io.mika.engine;

import io.mika.engine.Setup.Presence;
import io.mika.engine.Setup.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What is wrong with how topics and group are set up, for this client: a function of what it is and of what was found.
 * <i>For one thread.</i>
 */
final class SetupFindings {
    /** Half of it, when what waits is written anew, is well above the minute between two looks for that. */
    private static final long SHORTEST_RETENTION_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final Engine.Config config;
    private final UnaryOperator<String> names;
    private final Setup setup;
    private final List<String> fatal = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param fatal it cannot do its work; one sentence each
     * @param warnings it may come to harm
     */
    record Found(List<String> fatal, List<String> warnings) {}

    private SetupFindings(Engine.Config config, UnaryOperator<String> names, Setup setup) {
        this.config = config;
        this.names = names;
        this.setup = setup;
    }

    /** @param names of topics, as the application knows them */
    static Found of(Engine.Config config, UnaryOperator<String> names, Setup setup) {
        SetupFindings findings = new SetupFindings(config, names, setup);
        findings.look();
        return new Found(List.copyOf(findings.fatal), List.copyOf(findings.warnings));
    }

    private void look() {
        if (setup.mayNotJoin()) {
            fatal.add("group " + config.group() + " is refused: this client needs READ on it");
        }
        config.bindings().stream()
                .map(Engine.Binding::wireTopic)
                .sorted()
                .forEach(topic -> needs(topic, "", AclOperation.READ));
        Engine.FailureTopics topics = config.failureTopics();
        if (topics.retryTopic() != null) {
            needs(topics.retryTopic(), " (retry topic)", AclOperation.READ, AclOperation.WRITE);
            written(topics.retryTopic(), " (retry topic)");
            outlivesItsDelays(topics.retryTopic());
            leavesTimeToPark(topics.retryTopic());
        }
        if (topics.dlqTopic() != null) {
            needs(topics.dlqTopic(), " (dead letter queue)", AclOperation.WRITE);
            written(topics.dlqTopic(), " (dead letter queue)");
        }
        hidden();
    }

    private void needs(String topic, String role, AclOperation... operations) {
        for (AclOperation operation : operations) {
            if (found(topic).refuses(operation)) {
                fatal.add(name(topic) + role + " is refused: this client needs " + operation + " on it");
            }
        }
    }

    private void written(String topic, String role) {
        Topic found = found(topic);
        if (found.isMissing()) {
            missing(topic, role);
        }
        found.number(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                .ifPresent(least -> enoughReplicas(topic, role, least, found.replicas()));
        if (found.has(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)) {
            warnings.add(
                    name(topic) + role + " has cleanup.policy=compact, which removes failed records that share a key:"
                            + " set it to delete");
        }
        found.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).ifPresent(most -> takesAll(topic, role, most));
    }

    private void missing(String topic, String role) {
        if (setup.createsTopics().isEmpty()) {
            warnings.add(
                    name(topic) + role + " does not exist, and whether the brokers create topics this client may not"
                            + " know: create it");
        } else if (!setup.createsTopics().get()) {
            fatal.add(name(topic) + role + " does not exist, and the brokers do not create topics"
                    + " (auto.create.topics.enable=false): create it");
        }
    }

    private void enoughReplicas(String topic, String role, long least, int replicas) {
        if (least > replicas) {
            fatal.add(name(topic) + role + " has min.insync.replicas=" + least + " and " + replicas
                    + " replicas: it takes no record that every replica is to acknowledge");
        }
    }

    private void takesAll(String topic, String role, long most) {
        config.bindings().stream()
                .map(Engine.Binding::wireTopic)
                .filter(source -> found(source)
                                .number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                                .orElse(0)
                        > most)
                .sorted()
                .forEach(source -> warnings.add(name(topic) + role + " takes records of "
                        + most + " bytes (max.message.bytes), and " + name(source) + " may have larger ones, of "
                        + found(source)
                                .number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                                .orElse(0)));
    }

    private void outlivesItsDelays(String topic) {
        long retention = found(topic).deletesAfter().orElse(Long.MAX_VALUE);
        config.bindings().stream()
                .filter(binding -> binding.options().retries() > 0)
                .max(Comparator.comparing(SetupFindings::longestDelay))
                .filter(binding -> longestDelay(binding).toMillis() >= retention)
                .ifPresent(binding -> fatal.add(name(topic) + " (retry topic) has retention.ms=" + retention
                        + ", and a retry of " + name(binding.wireTopic()) + " may wait for " + longestDelay(binding)
                        + ": it would be deleted before it is due"));
    }

    private void leavesTimeToPark(String topic) {
        found(topic).deletesAfter().stream()
                .filter(retention -> retention < SHORTEST_RETENTION_MILLIS)
                .forEach(retention -> warnings.add(name(topic) + " (retry topic) has retention.ms=" + retention
                        + ": it may delete what waits for long before this client, which looks for that once a minute,"
                        + " has written it anew; ten minutes are the least, and a week is a good value"));
    }

    private static Duration longestDelay(Engine.Binding binding) {
        return binding.options().backoff().delay(Math.max(1, binding.options().retries()), 1);
    }

    private void hidden() {
        TreeSet<String> hidden = new TreeSet<>();
        setup.topics().forEach((topic, found) -> {
            if (found.isHidden()) {
                hidden.add(names.apply(topic));
            }
        });
        if (!hidden.isEmpty()) {
            warnings.add(
                    "how these topics are configured this client may not know (it needs DESCRIBE_CONFIGS): " + hidden);
        }
    }

    private Topic found(String topic) {
        return Objects.requireNonNullElse(setup.topics().get(topic), Topic.absent(Presence.MISSING));
    }

    private String name(String topic) {
        return "topic " + names.apply(topic);
    }
}
