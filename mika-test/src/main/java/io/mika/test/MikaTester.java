package io.mika.test;

import static java.util.Objects.requireNonNull;

import io.mika.consumer.BatchHandler;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.OutageBreaker;
import io.mika.consumer.TopicConsumer;
import io.mika.engine.Engine;
import io.mika.engine.Limits;
import io.mika.engine.Stepper;
import io.mika.env.ClientProperties;
import io.mika.env.GroupProtocol;
import io.mika.env.KafkaSettings;
import io.mika.env.SettingsOverrides;
import io.mika.env.StartPosition;
import io.mika.env.UserProperties;
import io.mika.error.ConfigException;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.Health;
import io.mika.event.Replay;
import io.mika.event.ReplayRequest;
import io.mika.test.fake.FakeKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A client on a fake broker, for tests of handlers: the real engine, stepped by hand in the thread of the test, in virtual
 * time. Nothing happens on its own, nothing sleeps, and a test that failed once fails every time.
 *
 * <pre>{@code
 * MikaTester tester = MikaTester.builder()
 *         .consumer("orders", delivery -> {
 *             bill(delivery.value());
 *             delivery.ack();
 *         })
 *         .start();
 * tester.publish("orders", "key", "value");
 * tester.runUntilIdle();
 * assertThat(tester.committed("orders", 0)).hasValue(1);
 * }</pre>
 *
 * <p>{@link #runUntilIdle()} runs all there is to do at this moment; {@link #advance} lets time pass. Handlers, listeners
 * and futures run inside of these two, and of {@link #close(Duration)}, in the thread that calls them. So a handler must
 * not block on something that only another thread of its client would do; but it may call {@code advance} itself, which
 * makes it a handler that takes so long, while everything else goes on.
 *
 * <p>An {@link Error} that a handler throws, such as a failed assertion, and whatever a listener throws, is thrown by the
 * call that let it run. Exceptions of handlers fail their deliveries, as they always do; see {@link #errors()}.
 *
 * <p><i>For one thread</i>; a delivery may be settled by another one while none of these methods runs.
 */
public final class MikaTester implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final Builder built;
    private final Turns turns;
    private final SteppedClient client;
    private final ErrorLog errors;
    private final Producer<byte[], byte[]> producer;

    private MikaTester(Builder built, Turns turns, SteppedClient client, ErrorLog errors) {
        this.built = built;
        this.turns = turns;
        this.client = client;
        this.errors = errors;
        this.producer = turns.kafka().producer();
    }

    /**
     * Begins with a client of group {@code test} that starts at the earliest record.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    // ---- records

    /**
     * Writes a record, with the time of now. It is delivered when the client runs next.
     *
     * @param topic where to; one that does not exist is created, with one partition
     * @param key its key in UTF-8, or null; it decides the partition, as with Kafka's producer
     * @param value its value in UTF-8, or null
     * @return where the record is
     */
    public RecordMetadata publish(String topic, @Nullable String key, @Nullable String value) {
        return publish(new ProducerRecord<>(topic, bytes(key), bytes(value)));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes a record.
     *
     * @param record with headers, timestamp or partition if they matter
     * @return where the record is
     */
    public RecordMetadata publish(ProducerRecord<byte[], byte[]> record) {
        Future<RecordMetadata> sent = producer.send(record);
        turns.kafka().runDue();
        if (!sent.isDone()) {
            turns.letPass(Long.MAX_VALUE, sent::isDone);
        }
        try {
            return sent.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the fake broker did not take the record", failed.getCause());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /**
     * What a topic holds, also one that the code under test writes to.
     *
     * @param topic the topic
     * @return its records by partition and offset; empty for a topic that does not exist
     */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int partition = 0; partition < kafka().partitions(topic); partition++) {
            records.addAll(kafka().partition(topic, partition).records());
        }
        return records;
    }

    // ---- time

    /** Runs the client until it has nothing to do at this moment. Time passes only where the client waits for a drain. */
    public void runUntilIdle() {
        turns.runUntilIdle();
    }

    /**
     * Lets time pass, and the client do meanwhile what there is to do. In a handler: makes the handler take so long.
     *
     * @param time how much, not negative
     */
    public void advance(Duration time) {
        turns.letPass(time.toNanos(), () -> false);
    }

    /**
     * What the client takes for the time of day. It begins at 2026-01-01T00:00:00Z.
     *
     * @return the time
     */
    public Instant now() {
        return Instant.ofEpochMilli(turns.clock().millis());
    }

    // ---- what came of it

    /**
     * The offset that the group has committed.
     *
     * @param topic the topic
     * @param partition the partition
     * @return everything below is settled; empty before the first commit, and for a client without a group
     */
    public OptionalLong committed(String topic, int partition) {
        String group = built.group;
        return group == null
                ? OptionalLong.empty()
                : kafka().group(group)
                        .committed(new TopicPartition(topic, partition))
                        .map(committed -> OptionalLong.of(committed.offset()))
                        .orElse(OptionalLong.empty());
    }

    /**
     * What {@link ClientListener#onError} and {@link ClientListener#onUnroutable} were told so far. A handler's exception
     * is the cause of the latter.
     *
     * @return in order; a copy
     */
    public List<Throwable> errors() {
        return errors.all();
    }

    // ---- the end

    /**
     * Closes the client in order, as {@code KafkaClient.close} does, and lets the time pass that this takes. In a handler
     * or a listener it returns at once, as there.
     *
     * @param timeout how long it may take
     * @return the report; not final where it returns at once
     */
    public CloseReport close(Duration timeout) {
        CompletableFuture<CloseReport> closed = closeGracefully(timeout);
        if (client.isOwnThread()) {
            return CloseReport.underWay();
        }
        turns.letPass(timeout.toNanos(), closed::isDone);
        turns.runUntilIdle();
        return closed.join();
    }

    /**
     * Closes with the default time-out, 20 s, unless the client is closed. What the test leaves open does not fail it.
     */
    @Override
    public void close() {
        if (!client.isGone()) {
            CloseReport unused = close(built.closeTimeout);
        }
    }

    /**
     * Begins to close, as {@code KafkaClient.closeGracefully} does; the client does so when it runs next.
     *
     * @param timeout how long it may take
     * @return completes with the report
     */
    public CompletableFuture<CloseReport> closeGracefully(Duration timeout) {
        client.stepper().close(timeout);
        return closed();
    }

    /**
     * Closes without a drain: one short commit of what is settled.
     *
     * @return the report; not final where it is called by a handler or a listener
     */
    public CloseReport closeNow() {
        client.stepper().closeNow();
        if (client.isOwnThread()) {
            return CloseReport.underWay();
        }
        turns.letPass(client.stepper().remaining(), closed()::isDone);
        turns.runUntilIdle();
        return closed().join();
    }

    /**
     * Whether the client has joined its group, as {@code KafkaClient.ready} tells it.
     *
     * @return completes when it has, fails with what the start-up check found to be wrong
     */
    public CompletableFuture<Void> ready() {
        return client.stepper().ready().copy();
    }

    /**
     * The end of the client, without bringing it about.
     *
     * @return completes when it is closed, also by an error, which the report then bears
     */
    public CompletableFuture<CloseReport> closed() {
        return client.stepper().closed();
    }

    /**
     * The end of its process: the client does nothing more, commits nothing, and its group notices after the session
     * time-out, 45 s. A client that {@link #another()} made then takes over.
     */
    public void kill() {
        client.crash();
    }

    /**
     * Consumes the dead letter queue up to where it ends now, as {@code KafkaClient.enableDlqConsumption} does; the client
     * does so when it runs next.
     *
     * @return completes when it is in effect
     */
    public CompletableFuture<Void> enableDlqConsumption() {
        return client.stepper().enableDlqConsumption();
    }

    /**
     * Consumes the dead letter queue no longer.
     *
     * @return completes when it is in effect
     */
    public CompletableFuture<Void> disableDlqConsumption() {
        return client.stepper().disableDlqConsumption();
    }

    /**
     * Gives a consumer records again, as {@code KafkaClient.enableConsumer} does.
     *
     * @param topic the consumer's
     * @return completes when it is in effect
     */
    public CompletableFuture<Void> enableConsumer(String topic) {
        return client.stepper().enableConsumer(topic, true);
    }

    /**
     * Gives a consumer no more records, as {@code KafkaClient.disableConsumer} does.
     *
     * @param topic the consumer's
     * @return completes when it is in effect
     */
    public CompletableFuture<Void> disableConsumer(String topic) {
        return client.stepper().enableConsumer(topic, false);
    }

    /**
     * Gives a consumer at most so many records per second, as {@code KafkaClient.rateLimit} does.
     *
     * @param topic the consumer's
     * @param perSecond 0 or more
     * @return completes when it is in effect
     */
    public CompletableFuture<Void> rateLimit(String topic, double perSecond) {
        return client.stepper().rateLimit(topic, perSecond);
    }

    /**
     * What the client is doing, as {@code KafkaClient.explain} tells it: as it was a second ago at most.
     *
     * @return a snapshot
     */
    public Explanation explain() {
        return client.stepper().explain();
    }

    /**
     * Whether the client does its work, as {@code KafkaClient.health} tells it.
     *
     * @return healthy or not, with the reasons
     */
    public Health health() {
        return client.stepper().health();
    }

    /**
     * Replays records of the dead letter queue, as {@code KafkaClient.replayDlq} does; the client does so when it runs
     * next, as fast as the request says.
     *
     * @param request what is asked for
     * @return the replay under way
     */
    public Replay replayDlq(ReplayRequest request) {
        return client.stepper().replayDlq(request);
    }

    // ---- more clients, and the broker

    /**
     * Starts another client with the same consumers, in the same group, on the same broker. Whichever of the two is run or
     * told to let time pass, both do.
     *
     * @return the other one
     */
    public MikaTester another() {
        return built.copy().joining(this).start();
    }

    /**
     * The broker, to look into and to let things go wrong.
     *
     * @return the broker that this client, and all that {@link #another()} made, are connected to
     */
    public FakeKafka kafka() {
        return turns.kafka();
    }

    /** For tests of the engine. */
    Stepper stepper() {
        return client.stepper();
    }

    /** What the client is like. <i>Not thread-safe.</i> A builder starts one client. */
    public static final class Builder {
        private static int clients;

        private @Nullable String group = "test";
        private @Nullable StartPosition startFrom = StartPosition.earliest();
        private @Nullable String retryTopic;
        private @Nullable String dlqTopic;
        private Duration unclaimedFor = Duration.ofMinutes(15);
        private GroupProtocol protocol = GroupProtocol.CLASSIC;
        private Duration closeTimeout = CLOSE_TIMEOUT;
        private Duration drainTimeout = Duration.ofSeconds(10);
        private Duration commitInterval = Duration.ZERO;
        private boolean rememberSettled = true;
        private @Nullable OutageBreaker outageBreaker;
        private final Map<String, Object> consumerProperties = new LinkedHashMap<>();
        private final Map<String, Integer> topics = new LinkedHashMap<>();
        private final Map<String, Engine.Binding> bindings = new LinkedHashMap<>();
        private final List<ClientListener> listeners = new ArrayList<>();
        private final List<DeliveryInterceptor> interceptors = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private @Nullable MikaTester host;
        private Limits limits = Limits.DEFAULT;
        private UnaryOperator<Consumer<byte[], byte[]>> wrapper = UnaryOperator.identity();

        private Builder() {}

        /**
         * Names the consumer group. Default: {@code test}.
         *
         * @param name the group
         * @return this
         */
        public Builder group(String name) {
            group = requireNonNull(name, "name");
            return this;
        }

        /**
         * The client reads all partitions without a group, and commits nothing.
         *
         * @return this
         */
        public Builder withoutGroup() {
            group = null;
            return this;
        }

        /**
         * Has a topic exist from the beginning. Topics of consumers do without this, with one partition.
         *
         * @param name the topic
         * @param partitions how many; 0 for a consumer's topic that is not to exist
         * @return this
         */
        public Builder topic(String name, int partitions) {
            topics.put(name, partitions);
            return this;
        }

        /**
         * Names the retry topic. It exists from the beginning, with one partition unless {@link #topic} says otherwise.
         *
         * @param name the topic
         * @return this
         */
        public Builder retryTopic(String name) {
            retryTopic = requireNonNull(name, "name");
            return this;
        }

        /**
         * Names the dead letter queue. It exists from the beginning, with one partition unless {@link #topic} says
         * otherwise.
         *
         * @param name the topic
         * @return this
         */
        public Builder dlqTopic(String name) {
            dlqTopic = requireNonNull(name, "name");
            return this;
        }

        /**
         * How long a retry waits for a member that has its consumer. Default: 15 minutes.
         *
         * @param time zero or more
         * @return this
         */
        public Builder unclaimedFor(Duration time) {
            unclaimedFor = requireNonNull(time, "time");
            return this;
        }

        /**
         * Registers a consumer.
         *
         * @param topic its topic
         * @param handler called in the thread of the test
         * @return this
         */
        public Builder consumer(String topic, DeliveryHandler handler) {
            return consumer(topic, options -> {}, handler);
        }

        /**
         * Registers a consumer.
         *
         * @param topic its topic
         * @param configure sets its options
         * @param handler called in the thread of the test
         * @return this
         */
        public Builder consumer(
                String topic, java.util.function.Consumer<ConsumerOptions> configure, DeliveryHandler handler) {
            ConsumerOptions options = options(topic, configure);
            return bind(new Engine.Binding(topic, topic, options, handler));
        }

        /**
         * Registers a consumer of batches.
         *
         * @param topic its topic
         * @param configure sets its options
         * @param handler called in the thread of the test
         * @return this
         */
        public Builder batchConsumer(
                String topic, java.util.function.Consumer<ConsumerOptions> configure, BatchHandler handler) {
            return bind(Engine.Binding.batched(topic, topic, options(topic, configure), handler));
        }

        private ConsumerOptions options(String topic, java.util.function.Consumer<ConsumerOptions> configure) {
            ConsumerOptions options = ConsumerOptions.create();
            configure.accept(options);
            options.problems().forEach(problem -> problems.add("consumer \"" + topic + "\": " + problem));
            return options.copy();
        }

        private Builder bind(Engine.Binding binding) {
            if (bindings.put(binding.topic(), binding) != null) {
                problems.add("consumer \"" + binding.topic() + "\": registered twice");
            }
            return this;
        }

        /**
         * Registers a consumer.
         *
         * @param consumer its topic, options and handler
         * @return this
         */
        public Builder consumer(TopicConsumer consumer) {
            return consumer(
                    consumer.topic(),
                    options -> {
                        if (consumer.retries() != 0) {
                            options.retries(consumer.retries());
                        }
                        if (consumer.useDlq()) {
                            options.useDlq();
                        }
                        consumer.configure(options);
                    },
                    consumer::consume);
        }

        /**
         * Where partitions begin of which the group has committed nothing. Default: at the earliest record.
         *
         * @param position the position
         * @return this
         */
        public Builder startFrom(StartPosition position) {
            startFrom = requireNonNull(position, "position");
            return this;
        }

        /**
         * How the members of the group agree on who reads what. Default: classic.
         *
         * @param groupProtocol the protocol
         * @return this
         */
        public Builder groupProtocol(GroupProtocol groupProtocol) {
            protocol = requireNonNull(groupProtocol, "groupProtocol");
            return this;
        }

        /**
         * How long after a commit the next one may be. Unlike in production, the default is none: what is settled is
         * committed before {@link MikaTester#runUntilIdle()} returns.
         *
         * @param interval the interval
         * @return this
         */
        public Builder commitInterval(Duration interval) {
            commitInterval = interval;
            return this;
        }

        /**
         * Whether commits note what is settled above an open record, as {@code KafkaClient.Builder#rememberSettled}.
         *
         * @param on the default is true
         * @return this
         */
        public Builder rememberSettled(boolean on) {
            rememberSettled = on;
            return this;
        }

        /**
         * When failed records stay where they are, as {@code KafkaClient.Builder#outageBreaker}. Off by default.
         *
         * @param breaker when
         * @return this
         */
        public Builder outageBreaker(OutageBreaker breaker) {
            outageBreaker = requireNonNull(breaker, "breaker");
            return this;
        }

        /**
         * How long open deliveries of revoked partitions are waited for. Default: 10 s.
         *
         * @param timeout the time-out
         * @return this
         */
        public Builder drainTimeout(Duration timeout) {
            drainTimeout = timeout;
            return this;
        }

        /**
         * How long {@link MikaTester#close()} may take, and a close that an error brings about. Default: 20 s.
         *
         * @param timeout the time-out
         * @return this
         */
        public Builder closeTimeout(Duration timeout) {
            closeTimeout = timeout;
            return this;
        }

        /**
         * Sets a property of Kafka's consumer; see {@link FakeKafka#consumer} for what the fake one heeds.
         *
         * @param name as in {@code ConsumerConfig}
         * @param value the value
         * @return this
         */
        public Builder consumerProperty(String name, Object value) {
            consumerProperties.put(name, value);
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param listener told in the thread of the test
         * @return this
         */
        public Builder listener(ClientListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Adds an interceptor. It is shown what the client itself writes, but not what {@link MikaTester#publish} does, for
         * that comes from outside.
         *
         * @param interceptor called in the thread of the test; what it throws is among the {@link MikaTester#errors()}
         * @return this
         */
        public Builder interceptor(DeliveryInterceptor interceptor) {
            interceptors.add(requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /**
         * Connects the client to the broker of another one, for instance as another member of its group with other
         * handlers.
         *
         * @param other whichever of the two is run or told to let time pass, both do
         * @return this
         */
        public Builder joining(MikaTester other) {
            host = requireNonNull(other, "other");
            return this;
        }

        /** For tests of the engine. */
        Builder limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** For tests of the engine: nothing says where to begin. */
        Builder withoutStart() {
            startFrom = null;
            return this;
        }

        /** For tests of the engine: what stands between it and the fake consumer. */
        Builder wrapper(UnaryOperator<Consumer<byte[], byte[]>> between) {
            wrapper = between;
            return this;
        }

        /**
         * Makes and starts the client, and runs it until it is idle.
         *
         * @return the client, joined and at its start positions
         * @throws ConfigException with all that is wrong
         */
        public MikaTester start() {
            MikaTester tester = create();
            tester.runUntilIdle();
            return tester;
        }

        /** Makes the client; it starts with its first turn. */
        MikaTester create() {
            if (group == null && startFrom == null) {
                problems.add("a client without a group needs a start position");
            }
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            MikaTester runs = host;
            Turns turns = runs == null ? new Turns() : runs.turns;
            createTopics(turns.kafka());
            ErrorLog errors = new ErrorLog();
            SteppedClient client = new SteppedClient(
                    turns,
                    config(turns, errors),
                    "mika-" + (group == null ? "" : group + "-") + ++clients,
                    () -> turns.kafka().consumer(group, properties()),
                    wrapper,
                    clientProperties().reader("mika-test"),
                    clientProperties().failureProducer("mika-test"));
            turns.add(client);
            return new MikaTester(copy(), turns, client, errors);
        }

        private void createTopics(FakeKafka kafka) {
            Map<String, Integer> wanted = new LinkedHashMap<>(topics);
            bindings.keySet().forEach(topic -> wanted.putIfAbsent(topic, 1));
            Stream.of(retryTopic, dlqTopic).filter(Objects::nonNull).forEach(topic -> wanted.putIfAbsent(topic, 1));
            Set<String> existing = kafka.topics();
            wanted.forEach((topic, partitions) -> {
                if (partitions > 0 && !existing.contains(topic)) {
                    kafka.createTopic(topic, partitions);
                }
            });
        }

        private Engine.Config config(Turns turns, ErrorLog errors) {
            List<ClientListener> told = new ArrayList<>(List.of(errors));
            listeners.forEach(listener -> told.add(WatchedListener.of(listener, turns::thrown)));
            return new Engine.Config(
                    group,
                    bindings.values().stream()
                            .map(binding -> watched(binding, turns))
                            .toList(),
                    new Engine.FailureTopics(retryTopic, dlqTopic, unclaimedFor),
                    startFrom,
                    "",
                    closeTimeout,
                    drainTimeout,
                    commitInterval,
                    rememberSettled,
                    outageBreaker,
                    maxPollInterval(),
                    Integer.MAX_VALUE,
                    limits,
                    told,
                    List.copyOf(interceptors),
                    List.of());
        }

        /** Its errors are the test's, and fail the delivery as they do in a client. */
        private static Engine.Binding watched(Engine.Binding binding, Turns turns) {
            BatchHandler batches = binding.batches();
            if (batches != null) {
                return Engine.Binding.batched(binding.topic(), binding.wireTopic(), binding.options(), batch -> {
                    try {
                        batches.handle(batch);
                    } catch (Error failed) {
                        turns.thrown(failed);
                        var unused = batch.failAll(failed);
                    }
                });
            }
            DeliveryHandler handler = binding.handler();
            return new Engine.Binding(binding.topic(), binding.wireTopic(), binding.options(), delivery -> {
                try {
                    handler.handle(delivery);
                } catch (Error failed) {
                    turns.thrown(failed);
                    var unused = delivery.fail(failed);
                }
            });
        }

        /** As the real client has them. */
        private Map<String, Object> properties() {
            ClientProperties properties = clientProperties();
            Map<String, Object> made = group == null
                    ? properties.assignedConsumer("mika-test")
                    : properties.groupConsumer(group, "mika-test");
            made.putAll(consumerProperties);
            return made;
        }

        private ClientProperties clientProperties() {
            SettingsOverrides overrides = SettingsOverrides.none().withGroupProtocol(protocol);
            KafkaSettings settings = KafkaSettings.resolve(name -> null, overrides, new ArrayList<>());
            return new ClientProperties(settings, new UserProperties(Map.of(), consumerProperties, Map.of()));
        }

        private Duration maxPollInterval() {
            Object value = consumerProperties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
            return Duration.ofMillis(value == null ? 300_000 : Long.parseLong(Objects.toString(value)));
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.group = group;
            copy.startFrom = startFrom;
            copy.retryTopic = retryTopic;
            copy.dlqTopic = dlqTopic;
            copy.unclaimedFor = unclaimedFor;
            copy.protocol = protocol;
            copy.closeTimeout = closeTimeout;
            copy.drainTimeout = drainTimeout;
            copy.commitInterval = commitInterval;
            copy.rememberSettled = rememberSettled;
            copy.outageBreaker = outageBreaker;
            copy.consumerProperties.putAll(consumerProperties);
            copy.topics.putAll(topics);
            copy.bindings.putAll(bindings);
            copy.listeners.addAll(listeners);
            copy.interceptors.addAll(interceptors);
            copy.host = host;
            copy.limits = limits;
            copy.wrapper = wrapper;
            return copy;
        }
    }
}
