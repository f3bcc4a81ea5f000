package io.mika;

import static java.util.Objects.requireNonNull;

import io.mika.consumer.BatchHandler;
import io.mika.engine.Engine;
import io.mika.engine.Limits;
import io.mika.env.ClientProperties;
import io.mika.env.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Puts a client together from settings that were found to be right. For one thread. */
final class Assembly {
    /** Numbers the clients of this process, so that their names in logs and metrics differ. */
    private static final AtomicLong CLIENTS = new AtomicLong();

    private final Settings settings;
    private final KafkaSettings resolved;
    private final ClientProperties properties;
    private final @Nullable String group;
    private final String clientId;

    private Assembly(Settings settings, KafkaSettings resolved) {
        this.settings = settings;
        this.resolved = resolved;
        this.properties = new ClientProperties(resolved, settings.userProperties());
        this.group = settings.group.value();
        long number = CLIENTS.incrementAndGet();
        this.clientId = group == null ? "mika-" + number : "mika-" + resolved.suffixed(group) + "-" + number;
    }

    static KafkaClient client(Settings settings) {
        return new Assembly(settings, SettingsCheck.resolved(settings)).client();
    }

    private KafkaClient client() {
        Map<String, Object> producer = properties.publishProducer(clientId);
        Publishing publishing = new Publishing(clientId, resolved::suffixed, () -> new KafkaProducer<>(producer));
        Map<String, Object> consumer = consumerProperties();
        Engine engine = Engine.threaded(
                config(consumer, publishing),
                clientId,
                consumer,
                properties.reader(clientId + "-reader"),
                properties.admin(clientId),
                properties.failureProducer(clientId + "-failures"),
                settings.executor.value());
        Duration closeTimeout = Timeouts.bounded(settings.closeTimeout.or(Settings.CLOSE_TIMEOUT));
        KafkaClient client = new KafkaClient(clientId, engine, publishing, closeTimeout, settings.closeOnShutdown);
        CompletionStage<?> end = settings.closeWhen.value();
        if (end != null) {
            Futures.whenDone(end, (value, error) -> {
                CompletableFuture<?> unused = client.closeGracefully(closeTimeout);
            });
        }
        return client;
    }

    private Map<String, Object> consumerProperties() {
        return group == null ? properties.assignedConsumer(clientId) : properties.groupConsumer(group, clientId);
    }

    private Engine.Config config(Map<String, Object> consumer, Publishing publishing) {
        return new Engine.Config(
                group == null ? null : resolved.suffixed(group),
                settings.consumers.stream().map(this::binding).toList(),
                failureTopics(),
                resolved.startFrom().orElse(null),
                resolved.globalSuffix(),
                Timeouts.bounded(settings.closeTimeout.or(Settings.CLOSE_TIMEOUT)),
                Timeouts.bounded(settings.drainTimeout.or(Settings.DRAIN_TIMEOUT)),
                Timeouts.bounded(settings.commitInterval.or(Settings.COMMIT_INTERVAL)),
                settings.rememberSettled.or(true),
                settings.outageBreaker.value(),
                maxPollInterval(consumer),
                Engine.defaultConcurrency(),
                Limits.DEFAULT,
                List.copyOf(settings.listeners),
                List.copyOf(settings.interceptors),
                List.of(publishing));
    }

    private Engine.FailureTopics failureTopics() {
        return new Engine.FailureTopics(
                onTheWire(settings.retryTopic.value()),
                onTheWire(settings.dlqTopic.value()),
                Timeouts.bounded(settings.unclaimedFor.or(Settings.UNCLAIMED_FOR)));
    }

    private @Nullable String onTheWire(@Nullable String topic) {
        return topic == null ? null : resolved.suffixed(topic);
    }

    private Engine.Binding binding(Registration consumer) {
        String topic = consumer.topic();
        String wireTopic = resolved.suffixed(topic);
        BatchHandler batches = consumer.batches();
        return batches == null
                ? new Engine.Binding(topic, wireTopic, consumer.options(), consumer.handler())
                : Engine.Binding.batched(topic, wireTopic, consumer.options(), batches);
    }

    /** As the consumer will see it; a value that only Kafka can resolve counts as its default. */
    private static Duration maxPollInterval(Map<String, Object> consumer) {
        String name = CommonClientConfigs.MAX_POLL_INTERVAL_MS_CONFIG;
        ConfigDef.ConfigKey key =
                requireNonNull(ConsumerConfig.configDef().configKeys().get(name), name);
        try {
            Object value = ConfigDef.parseType(name, consumer.getOrDefault(name, key.defaultValue), key.type);
            return Duration.ofMillis(((Number) value).longValue());
        } catch (org.apache.kafka.common.config.ConfigException reference) {
            return Duration.ofMillis(((Number) key.defaultValue).longValue());
        }
    }
}
