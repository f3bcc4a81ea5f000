package io.mika.engine;

import io.mika.consumer.BatchHandler;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.OutageBreaker;
import io.mika.consumer.SendObserver;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.Health;
import io.mika.event.Replay;
import io.mika.event.ReplayRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * The door of the engine for {@code KafkaClient}; no API. <i>Thread-safe.</i>
 *
 * <p>Threads: one polls and owns all bookkeeping; handlers run where {@link HandlerThreads} says; one completes futures
 * and tells listeners; one waits for the end, and alone keeps the JVM alive.
 */
public final class Engine {
    /**
     * A consumer: the topic's name as registered and on the wire, its options and its handler.
     *
     * @param batches gets several records at once, in the place of the handler; null for a consumer of single records
     */
    public record Binding(
            String topic,
            String wireTopic,
            ConsumerOptions options,
            DeliveryHandler handler,
            @Nullable BatchHandler batches) {
        /** A consumer of single records. */
        public Binding(String topic, String wireTopic, ConsumerOptions options, DeliveryHandler handler) {
            this(topic, wireTopic, options, handler, null);
        }

        /** A consumer of several records at once. */
        public static Binding batched(String topic, String wireTopic, ConsumerOptions options, BatchHandler batches) {
            DeliveryHandler none = delivery -> {
                throw new IllegalStateException("a record of a batch consumer by itself: " + delivery);
            };
            return new Binding(topic, wireTopic, options, none, batches);
        }

        /** Whether it gets several records at once. */
        public boolean isBatched() {
            return batches != null;
        }
    }

    /** Something that is closed with the client, within its deadline: the producer. */
    public interface Resource {
        /** Closes within the time-out; whatever is outstanding then is given up. */
        void close(Duration timeout);
    }

    /**
     * Where failed records go, by names on the wire.
     *
     * @param retryTopic null for none
     * @param dlqTopic null for none
     * @param unclaimedFor how long a retry waits for a member that has its consumer
     */
    public record FailureTopics(
            @Nullable String retryTopic, @Nullable String dlqTopic, Duration unclaimedFor) {
        /** Failures lead nowhere. */
        public static final FailureTopics NONE = new FailureTopics(null, null, Duration.ZERO);

        boolean any() {
            return retryTopic != null || dlqTopic != null;
        }

        boolean contains(String topic) {
            return topic.equals(retryTopic) || topic.equals(dlqTopic);
        }
    }

    /**
     * What the client decided.
     *
     * @param group the group's name on the wire; null for a client without a group
     * @param startFrom null when nothing says where a partition without commits begins
     * @param globalSuffix the empty string for none
     * @param rememberSettled whether what is settled above an open record is noted in commits, and believed
     * @param outageBreaker null for none
     * @param maxPollInterval as the Kafka consumer is configured
     * @param defaultConcurrency handlers of one consumer that run at once, where its options do not say
     */
    public record Config(
            @Nullable String group,
            List<Binding> bindings,
            FailureTopics failureTopics,
            @Nullable StartPosition startFrom,
            String globalSuffix,
            Duration closeTimeout,
            Duration drainTimeout,
            Duration commitInterval,
            boolean rememberSettled,
            @Nullable OutageBreaker outageBreaker,
            Duration maxPollInterval,
            int defaultConcurrency,
            Limits limits,
            List<ClientListener> listeners,
            List<DeliveryInterceptor> interceptors,
            List<Resource> resources) {}

    private final Stepper stepper;
    private final EngineThreads threads;
    private final OwnMetrics kafkaMetrics;

    private Engine(Stepper stepper, EngineThreads threads, OwnMetrics kafkaMetrics) {
        this.stepper = stepper;
        this.threads = threads;
        this.kafkaMetrics = kafkaMetrics;
    }

    /** An engine on Kafka, with threads of its own; handlers run on the given executor if there is one. */
    public static Engine threaded(
            Config config,
            String clientId,
            Map<String, Object> consumerProperties,
            Map<String, Object> readerProperties,
            Map<String, Object> adminProperties,
            Map<String, Object> failureProducerProperties,
            @Nullable Executor handlers) {
        EngineThreads threads = new EngineThreads(clientId, handlers);
        OwnMetrics kafkaMetrics = new OwnMetrics();
        Supplier<Map<String, Object>> readers = numbered(readerProperties);
        Supplier<Map<String, Object>> admins = numbered(adminProperties);
        EngineParts parts = new EngineParts(
                System::nanoTime,
                System::currentTimeMillis,
                kafkaMetrics.of("consumer", () -> new KafkaConsumer<>(consumerProperties), Consumer::metrics),
                () -> new KafkaConsumer<>(readers.get()),
                () -> AdminLookups.create(admins.get()),
                kafkaMetrics.of("producer", () -> new KafkaProducer<>(failureProducerProperties), Producer::metrics),
                threads::sender,
                threads.handlers(),
                threads.callbacks(),
                new ThreadSignal());
        return new Engine(new Stepper(config, clientId, parts), threads, kafkaMetrics);
    }

    /** Kafka's metrics want every client to have a name of its own. */
    private static Supplier<Map<String, Object>> numbered(Map<String, Object> properties) {
        AtomicInteger made = new AtomicInteger();
        return () -> {
            int number = made.incrementAndGet();
            Map<String, Object> mine = new HashMap<>(properties);
            if (number > 1) {
                mine.computeIfPresent(CommonClientConfigs.CLIENT_ID_CONFIG, (name, id) -> id + "-" + number);
            }
            return mine;
        };
    }

    /** Handlers of one consumer that run at once by default: all there is work for, bounded on platform threads. */
    public static int defaultConcurrency() {
        return HandlerThreads.areVirtual() ? Integer.MAX_VALUE : HandlerThreads.PLATFORM_THREADS;
    }

    /** Starts the threads. Once. */
    public void start() {
        threads.start(stepper);
    }

    /** Completes when the group is joined, or fails with what closed the client before. */
    public CompletableFuture<Void> ready() {
        return stepper.ready();
    }

    /** Consumes the dead letter queue as well, up to where it ends now; completes when that is in effect. */
    public CompletableFuture<Void> enableDlqConsumption() {
        return stepper.enableDlqConsumption();
    }

    /** Consumes the dead letter queue no longer; completes when what was handed out of it is drained. */
    public CompletableFuture<Void> disableDlqConsumption() {
        return stepper.disableDlqConsumption();
    }

    /**
     * Gives a consumer records, or no more; keeps what is queued. Completes when that is in effect: a call that runs may go
     * on. By the topic's name as registered.
     */
    public CompletableFuture<Void> enableConsumer(String topic, boolean on) {
        return stepper.enableConsumer(topic, on);
    }

    /** Gives a consumer at most so many records per second. */
    public CompletableFuture<Void> rateLimit(String topic, double perSecond) {
        return stepper.rateLimit(topic, perSecond);
    }

    /** Shows interceptors a record that is about to be published; null if none of them wants to know more of it. */
    public @Nullable SendObserver publishing(ProducerRecord<byte[], byte[]> record) {
        return stepper.publishing(record);
    }

    /** What the client does, as it was a moment ago. */
    public Explanation explain() {
        return stepper.explain();
    }

    /** Whether it does its work. */
    public Health health() {
        return stepper.health();
    }

    /** What Kafka's consumer, and the producer for what failed, measure of themselves; of those that were made. */
    public Map<MetricName, Metric> kafkaMetrics() {
        return kafkaMetrics.now();
    }

    /** Replays records of the dead letter queue; returns at once. */
    public Replay replayDlq(ReplayRequest request) {
        return stepper.replayDlq(request);
    }

    /** Closes by this deadline, or by an earlier one; returns at once. The future completes on an internal thread. */
    public CompletableFuture<CloseReport> close(Duration timeout) {
        stepper.close(timeout);
        threads.closing(stepper);
        return stepper.closed();
    }

    /** Closes without waiting for what is open: one short commit of what is settled. */
    public CompletableFuture<CloseReport> closeNow() {
        stepper.closeNow();
        threads.closing(stepper);
        return stepper.closed();
    }

    /** The end, without bringing it about. */
    public CompletableFuture<CloseReport> closed() {
        return stepper.closed();
    }

    /** Whether the end was asked for, or came by an error. */
    public boolean isClosing() {
        return stepper.isClosing();
    }

    /** Whether the caller is one of the client's own threads, which must not wait for the client. */
    public boolean onClientThread() {
        return stepper.onHandlerThread() || threads.isOurs(Thread.currentThread());
    }

    /** Where futures complete; after the end, the caller's thread. */
    public Executor callbacks() {
        return threads.callbacks();
    }
}
