package io.mika;

import io.mika.consumer.ConsumerOptions;
import io.mika.env.KafkaSettings;
import io.mika.env.PropertyChecks;
import io.mika.error.ConfigException;
import io.mika.error.ConsumerAlreadyRegisteredException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds all that is wrong with what a builder was told and what the environment says, together. For one thread. */
final class SettingsCheck {
    private static final String START_VARIABLE = "KAFKA_CONSUMER_START_FROM";
    private static final Pattern TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]+");

    /** The longest name of a topic that brokers take. */
    private static final int LONGEST = 249;

    private final Settings settings;
    private final List<String> problems;
    private final KafkaSettings resolved;

    private SettingsCheck(Settings settings) {
        this.settings = settings;
        this.problems = new ArrayList<>(settings.problems);
        this.resolved = KafkaSettings.resolve(settings.env, settings.overrides(), problems);
    }

    /**
     * What the settings come to.
     *
     * @throws ConfigException with all problems
     */
    static KafkaSettings resolved(Settings settings) {
        SettingsCheck check = new SettingsCheck(settings);
        check.kafkaProperties();
        check.durations();
        check.group();
        check.failureTopics();
        settings.consumers.forEach(check::consumer);
        check.report();
        return check.resolved;
    }

    private void kafkaProperties() {
        problems.addAll(PropertyChecks.problems(settings.userProperties(), resolved.groupProtocol()));
    }

    private void durations() {
        notNegative("closeTimeout", settings.closeTimeout.value());
        notNegative("drainTimeout", settings.drainTimeout.value());
        notNegative("unclaimedFor", settings.unclaimedFor.value());
        Duration interval = settings.commitInterval.value();
        if (interval != null && (interval.isNegative() || interval.isZero())) {
            problems.add("commitInterval: " + interval + " is not above zero");
        }
    }

    private void notNegative(String setter, @Nullable Duration value) {
        if (value != null && value.isNegative()) {
            problems.add(setter + ": " + value + " is negative");
        }
    }

    private void group() {
        String group = settings.group.value();
        if (group != null && group.isBlank()) {
            problems.add("group: \"" + group + "\" is blank");
        }
        boolean startIsKnown = resolved.startFrom().isPresent()
                || problems.stream().anyMatch(problem -> problem.startsWith(START_VARIABLE));
        if (group == null && !settings.consumers.isEmpty() && !startIsKnown) {
            problems.add("group: not set, so there are no committed offsets to begin at; call group(...), or say where"
                    + " to begin with startFrom(...) or " + START_VARIABLE);
        }
    }

    private void failureTopics() {
        String retryTopic = settings.retryTopic.value();
        String dlqTopic = settings.dlqTopic.value();
        failureTopic("retryTopic", retryTopic);
        failureTopic("dlqTopic", dlqTopic);
        if (retryTopic != null && retryTopic.equals(dlqTopic)) {
            problems.add("dlqTopic: \"" + dlqTopic + "\" is the retry topic too; failed records would be read again"
                    + " for ever");
        }
    }

    private void failureTopic(String setter, @Nullable String topic) {
        if (topic == null) {
            return;
        }
        topicName(setter, topic);
        if (settings.group.value() == null) {
            problems.add(setter + ": \"" + topic + "\" needs a group, whose name is in the headers of failed records;"
                    + " call group(...)");
        }
    }

    private void consumer(Registration consumer) {
        String name = "consumer \"" + consumer.topic() + "\"";
        topicName(name, consumer.topic());
        if (consumer.topic().equals(settings.retryTopic.value())) {
            problems.add(name + ": is this client's own retry topic; its records come to the consumers of the topics"
                    + " where they failed");
        }
        if (consumer.topic().equals(settings.dlqTopic.value())) {
            problems.add(name + ": is this client's own dead letter queue; to consume it, use a client whose"
                    + " dlqTopic is another");
        }
        options(name, consumer.options());
        batches(name, consumer);
    }

    private void batches(String name, Registration consumer) {
        ConsumerOptions options = consumer.options();
        if (consumer.batches() == null && options.setsBatch()) {
            problems.add(name + ": batch(...) is for a consumer of batches; call batchConsumer(...)");
        }
        if (consumer.batches() != null && options.maxInFlight() < options.batchRecords()) {
            problems.add(name + ": maxInFlight(" + options.maxInFlight() + ") is below the batch of "
                    + options.batchRecords() + " records, which would never be full");
        }
    }

    private void options(String name, ConsumerOptions options) {
        options.problems().forEach(problem -> problems.add(name + ": " + problem));
        if (options.retries() > 0 && settings.retryTopic.value() == null) {
            problems.add(name + ": retries(" + options.retries() + ") needs a retry topic; call retryTopic(...)");
        }
        if (options.usesDlq() && settings.dlqTopic.value() == null) {
            problems.add(name + ": useDlq() needs a dead letter queue; call dlqTopic(...)");
        }
    }

    private void topicName(String owner, String topic) {
        String onTheWire = resolved.suffixed(topic);
        if (topic.isBlank()) {
            problems.add(owner + ": the topic's name \"" + topic + "\" is blank");
        } else if (!TOPIC_NAME.matcher(topic).matches() || onTheWire.equals(".") || onTheWire.equals("..")) {
            problems.add(owner + ": \"" + topic + "\" is no topic's name: letters, digits, '.', '_' and '-' make one");
        } else if (onTheWire.length() > LONGEST) {
            problems.add(owner + ": \"" + onTheWire + "\" has " + onTheWire.length() + " characters; a topic's name,"
                    + " global suffix included, has at most " + LONGEST);
        }
    }

    private void report() {
        List<String> duplicates = duplicateTopics();
        if (problems.isEmpty() && duplicates.size() == 1) {
            throw new ConsumerAlreadyRegisteredException(duplicates.get(0));
        }
        for (String topic : duplicates) {
            problems.addAll(new ConsumerAlreadyRegisteredException(topic).problems());
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private List<String> duplicateTopics() {
        Set<String> seen = new HashSet<>();
        Set<String> duplicates = new LinkedHashSet<>();
        for (Registration consumer : settings.consumers) {
            if (!seen.add(consumer.topic())) {
                duplicates.add(consumer.topic());
            }
        }
        return List.copyOf(duplicates);
    }
}
