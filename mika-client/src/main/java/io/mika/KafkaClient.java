package io.mika;

import io.mika.consumer.BatchHandler;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.OutageBreaker;
import io.mika.consumer.TopicConsumer;
import io.mika.engine.Engine;
import io.mika.env.GroupProtocol;
import io.mika.env.Sasl;
import io.mika.env.StartPosition;
import io.mika.env.Tls;
import io.mika.error.ClientClosedException;
import io.mika.error.ConfigException;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.Health;
import io.mika.event.Replay;
import io.mika.event.ReplayRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * A client that turns Kafka into something a service can use like a message broker: handlers get one record at a time
 * and ack or fail it. Made by {@link #builder()}, started once, closed once.
 *
 * <p><i>Thread-safe.</i> Futures complete on the client's callback thread, one after another; an action that is chained
 * to one must not wait for another one of the same client. None is left open: closing completes those that are.
 *
 * <p>From {@link #start()} on the client keeps the JVM alive until it is closed; its other threads are daemons. Topics
 * are named without the global suffix, but for what {@code delivery.record()} and {@link RecordMetadata} show.
 */
public final class KafkaClient implements AutoCloseable {
    private final String clientId;
    private final Engine engine;
    private final Publishing publishing;
    private final Duration closeTimeout;
    private final Optional<ShutdownHook> shutdownHook;

    /** Makes start and close exclude each other. */
    private final Object lock = new Object();

    private volatile boolean started;

    KafkaClient(String clientId, Engine engine, Publishing publishing, Duration closeTimeout, boolean closeOnShutdown) {
        this.clientId = clientId;
        this.engine = engine;
        this.publishing = publishing;
        this.closeTimeout = closeTimeout;
        this.shutdownHook = closeOnShutdown
                ? Optional.of(new ShutdownHook(clientId + "-shutdown", () -> close(closeTimeout)))
                : Optional.empty();
    }

    /**
     * Begins a client with settings from the environment variables of this process.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return builder(System::getenv);
    }

    /**
     * Begins a client with settings from any look-up of variables by name.
     *
     * @param env returns a variable's value; null or empty means unset
     * @return a new builder
     */
    public static Builder builder(UnaryOperator<@Nullable String> env) {
        return new Builder(Objects.requireNonNull(env, "env"));
    }

    /**
     * Starts the client and returns at once: it connects and joins its group in the background, see {@link #ready()}.
     * Calling it again has no effect.
     *
     * @throws ClientClosedException if the client is closed or closing
     * @throws io.mika.error.MikaException if the producer cannot be made, as when no broker's name can be resolved;
     *     the client is then not started, and may be started again
     * @throws IllegalStateException if it is to close on shutdown and the JVM is ending already
     */
    public void start() {
        synchronized (lock) {
            if (engine.isClosing()) {
                throw new ClientClosedException(causeOfClose());
            }
            if (!started) {
                startOnce();
            }
        }
    }

    private void startOnce() {
        shutdownHook.ifPresent(ShutdownHook::install);
        try {
            publishing.open(engine.callbacks(), engine::publishing);
        } catch (RuntimeException refused) {
            shutdownHook.ifPresent(ShutdownHook::remove);
            throw refused;
        }
        Futures.whenDone(engine.closed(), (report, error) -> shutdownHook.ifPresent(ShutdownHook::remove));
        started = true;
        engine.start();
    }

    private @Nullable Throwable causeOfClose() {
        CompletableFuture<CloseReport> closed = engine.closed();
        return closed.isDone() ? closed.join().cause().orElse(null) : null;
    }

    /**
     * Tells when the client has joined its group and has looked at how topics and group are set up. A member may own no
     * partition even then, when the group has more members than there are partitions.
     *
     * <p>That look, made once, fails this future with a {@link ConfigException} of all that it found, if there is something
     * with which the client cannot do its work: the retry topic or the dead letter queue is missing where the brokers create
     * none, or cannot take what is written; a topic or the group is refused; a retry would be deleted before it is due. The
     * client goes on all the same: what is mended later works then. What is only doubtful is a warning in the log, as is
     * what the client may not know, or was not told within 10 s.
     *
     * @return completes when joined; fails with what the look found, what closed the client before, or with {@link
     *     ClientClosedException}
     */
    public CompletableFuture<Void> ready() {
        return Futures.completedOn(engine.callbacks(), engine.ready());
    }

    /**
     * Writes a record, to all in-sync replicas and once, however often it had to be sent. It is sent on the caller's
     * thread, so one thread's records keep their order; while Kafka's buffer is full or the topic's metadata is missing
     * the call waits, at most {@code max.block.ms} (5 s unless set). Kafka gives up on a record after {@code
     * delivery.timeout.ms} (2 minutes unless set).
     *
     * <p>Allowed from anywhere, handlers included, and while the client closes gracefully, as long as the producer lives.
     *
     * @param record its topic without the global suffix, which is appended in a copy
     * @return where it was written, with the topic's name on the wire; fails with Kafka's reason, with {@link
     *     ClientClosedException} once the client is closed; if that comes after the record was sent, whether it is
     *     written is unknown
     * @throws IllegalStateException before {@link #start()}
     */
    public CompletableFuture<RecordMetadata> publish(ProducerRecord<byte[], byte[]> record) {
        return publishing.publish(record, null);
    }

    /**
     * Writes a record as {@link #publish(ProducerRecord)}, but never blocks: a thread of the client sends it. Records of
     * one topic keep their order among those published with a time-out.
     *
     * @param record its topic without the global suffix, which is appended in a copy
     * @param timeout the longest that the future stays open
     * @return as without a time-out; also fails with {@link TimeoutException}, which says either that the record was not
     *     sent and will not be, or that it was sent and whether it is written is unknown; with {@link
     *     org.apache.kafka.clients.producer.BufferExhaustedException} at once if 10,000 records or 32 MiB wait to be
     *     sent already
     * @throws IllegalStateException before {@link #start()}
     */
    public CompletableFuture<RecordMetadata> publish(ProducerRecord<byte[], byte[]> record, Duration timeout) {
        return publishing.publish(record, Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Gives a consumer records again. Its handler goes on where it was; the group does not rebalance. Idempotent; may be
     * called before {@link #start()}.
     *
     * @param topic without the global suffix
     * @return completes when it is in effect; fails with {@link io.mika.error.UnknownConsumerException} for a topic
     *     without a consumer, with {@link ClientClosedException} once the client is closed
     */
    public CompletableFuture<Void> enableConsumer(String topic) {
        return Futures.completedOn(engine.callbacks(), engine.enableConsumer(topic, true));
    }

    /**
     * Gives a consumer no more records. A call that runs goes on; what is queued is kept, nothing is dropped and nothing
     * marked done; the group does not rebalance. Records of the retry topic wait too. Survives rebalances. Idempotent; may
     * be called before {@link #start()}.
     *
     * @param topic without the global suffix
     * @return completes when no further call begins; fails as that of {@link #enableConsumer}
     */
    public CompletableFuture<Void> disableConsumer(String topic) {
        return Futures.completedOn(engine.callbacks(), engine.enableConsumer(topic, false));
    }

    /**
     * Gives a consumer at most so many records per second, over all partitions of this client, retries included. Nothing
     * sleeps for it.
     *
     * @param topic without the global suffix
     * @param perSecond 0 or more; 0 holds, infinity is no limit
     * @return completes when it is in effect; fails as that of {@link #enableConsumer}, or with {@link
     *     IllegalArgumentException}
     */
    public CompletableFuture<Void> rateLimit(String topic, double perSecond) {
        return Futures.completedOn(engine.callbacks(), engine.rateLimit(topic, perSecond));
    }

    /**
     * What the client is doing, as it was a second ago at most: per partition how far it is, what is open and for how long,
     * why it is paused. Cheap; callable from anywhere, never waits.
     *
     * @return a snapshot; its {@code toString()} is a table
     */
    public Explanation explain() {
        return engine.explain();
    }

    /**
     * Whether the client does its work, for a health check. One that is paused or disabled on purpose is healthy. Cheap;
     * callable from anywhere, never waits.
     *
     * @return healthy or not, with the reasons
     */
    public Health health() {
        return engine.health();
    }

    /**
     * What Kafka's own consumer and producers of this client measure of themselves, by Kafka's names: the fetch manager's
     * lag, the producers' batch sizes and so on. Each has its {@code client-id}. Empty before {@link #start()}, and more as
     * they are made: the producer for failed records with the first of them. Cheap; callable from anywhere, never waits.
     *
     * @return as it is now; the metrics in it go on measuring
     */
    public Map<MetricName, Metric> kafkaMetrics() {
        Map<MetricName, Metric> all = engine.kafkaMetrics();
        all.putAll(publishing.kafkaMetrics());
        return all;
    }

    /**
     * Consumes the dead letter queue as well, once, up to where it ends now: each record goes to the consumer of the topic
     * where it failed. Those that fail again go where the consumer's options say, and what is not retried returns to the
     * queue, behind that end. {@link io.mika.event.ClientListener#onDlqPassCompleted()} tells when this client is
     * through. Only disabling and enabling again begins another pass. May be called before {@link #start()}.
     *
     * @return completes when it is in effect; fails with {@link io.mika.error.DlqNotConfiguredException} where
     *     there is no dead letter queue, with {@link ClientClosedException} once the client is closed
     */
    public CompletableFuture<Void> enableDlqConsumption() {
        return Futures.completedOn(engine.callbacks(), engine.enableDlqConsumption());
    }

    /**
     * Consumes the dead letter queue no longer. What is handed out of it is waited for, as when a partition is revoked;
     * the rest comes with the next pass.
     *
     * @return completes when it is in effect; fails as that of {@link #enableDlqConsumption()}
     */
    public CompletableFuture<Void> disableDlqConsumption() {
        return Futures.completedOn(engine.callbacks(), engine.disableDlqConsumption());
    }

    /**
     * Brings records of the dead letter queue back to their consumers, by way of the retry topic, and returns at once. It
     * reads what is in the queue now, takes what the request asks for and what neither an earlier replay nor the
     * consumption of the queue has taken, and writes it to the retry topic; the copies stay in the queue until they
     * expire. One replay at a time per group. Needs no consumer in this client.
     *
     * @param request what is asked for
     * @return the replay under way; what makes it impossible is told by its {@link Replay#completion()}
     * @throws IllegalStateException before {@link #start()}
     */
    public Replay replayDlq(ReplayRequest request) {
        Objects.requireNonNull(request, "request");
        if (!started) {
            throw new IllegalStateException("replayDlq(...) before start()");
        }
        return engine.replayDlq(request);
    }

    /**
     * Whether {@link #start()} succeeded.
     *
     * @return true from then on, also when closed
     */
    public boolean isStarted() {
        return started;
    }

    /**
     * Whether the client is closed and nothing of it runs any more.
     *
     * @return false also while it is closing
     */
    public boolean isClosed() {
        return engine.closed().isDone();
    }

    /**
     * Begins to close and returns at once: no further record is given to a handler; those that were are waited for, as
     * far as the time-out allows; what is settled is committed; the group is left. Calling it again, or any other close,
     * can only bring the deadline forward. A client that was never started is closed at once.
     *
     * @param timeout from now to the end, whatever Kafka does
     * @return completes with the report, at the deadline at the latest
     * @throws IllegalArgumentException if the time-out is negative
     */
    public CompletableFuture<CloseReport> closeGracefully(Duration timeout) {
        return Futures.completedOn(engine.callbacks(), beginClose(timeout));
    }

    private CompletableFuture<CloseReport> beginClose(Duration timeout) {
        Duration checked = Timeouts.checked("timeout", timeout);
        synchronized (lock) {
            return engine.close(checked);
        }
    }

    /**
     * Closes as {@link #closeGracefully} and waits for the end. In a handler, a listener or an action on one of the
     * client's futures it does not wait, for it would wait for itself; and an interrupt ends the wait, but not the
     * closing, and is set again. The report is then not final.
     *
     * @param timeout from now to the end, whatever Kafka does
     * @return how it went
     * @throws IllegalArgumentException if the time-out is negative
     */
    public CloseReport close(Duration timeout) {
        return awaitUnlessOurs(beginClose(timeout));
    }

    /** Closes as {@link #close(Duration)}, with the builder's {@code closeTimeout} (20 s unless set). */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /**
     * Closes without waiting for handlers: one short commit of what is settled, then the end. What is open comes again,
     * elsewhere. Waits as {@link #close(Duration)}, a few seconds at most.
     *
     * @return how it went
     */
    public CloseReport closeNow() {
        CompletableFuture<CloseReport> end;
        synchronized (lock) {
            end = engine.closeNow();
        }
        return awaitUnlessOurs(end);
    }

    private CloseReport awaitUnlessOurs(CompletableFuture<CloseReport> end) {
        if (engine.onClientThread()) {
            return end.getNow(CloseReport.underWay());
        }
        try {
            return report(end);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return end.getNow(CloseReport.underWay());
        }
    }

    /**
     * Waits until somebody has closed the client, or it has closed itself. Not for handlers and listeners, which the end
     * waits for.
     *
     * @return how it went; with the cause, if the client closed itself
     * @throws InterruptedException if the caller was interrupted; the client goes on
     */
    public CloseReport awaitClosed() throws InterruptedException {
        return report(engine.closed());
    }

    /**
     * Waits until somebody has closed the client, or it has closed itself, but no longer than this.
     *
     * @param timeout the longest wait
     * @return false if the client is not closed yet
     * @throws InterruptedException if the caller was interrupted; the client goes on
     */
    public boolean awaitClosed(Duration timeout) throws InterruptedException {
        try {
            engine.closed().get(Timeouts.bounded(timeout).toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException open) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the end of a client always has a report", impossible);
        }
    }

    private static CloseReport report(CompletableFuture<CloseReport> end) throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the end of a client always has a report", impossible);
        }
    }

    /** The client's name in logs and metrics. */
    @Override
    public String toString() {
        return "KafkaClient[" + clientId + "]";
    }

    /**
     * What a client is to be. A setter that takes one value may be called once; what it sets is before the environment
     * variable, which is before the default. Nothing is checked before {@link #build()}, which reports all problems
     * together.
     *
     * <p><i>Not thread-safe.</i> Every setter returns the builder.
     */
    public static final class Builder {
        private final Settings settings;

        private Builder(UnaryOperator<@Nullable String> env) {
            this.settings = new Settings(env);
        }

        /**
         * The consumer group, whose members share the partitions and whose committed offsets say where to go on. Without
         * one the client reads all partitions, commits nothing, and needs a start position.
         *
         * @param name without the global suffix
         * @return this
         */
        public Builder group(String name) {
            settings.group.set(name);
            return this;
        }

        /**
         * The topic that failed records go through to be tried again, which may be shared with other groups. Needs a
         * group.
         *
         * @param name without the global suffix
         * @return this
         */
        public Builder retryTopic(String name) {
            settings.retryTopic.set(name);
            return this;
        }

        /**
         * The dead letter queue, the topic where records end that failed for good, which may be shared with other groups.
         * Needs a group.
         *
         * @param name without the global suffix
         * @return this
         */
        public Builder dlqTopic(String name) {
            settings.dlqTopic.set(name);
            return this;
        }

        /**
         * The brokers to ask first. Default: {@code KAFKA_BROKERS}, else {@code localhost:29092}.
         *
         * @param addresses {@code host:port} each, or several in one text with commas between them
         * @return this
         */
        public Builder brokers(String... addresses) {
            settings.brokers.set(List.of(addresses));
            return this;
        }

        /**
         * Where partitions begin of which the group has committed nothing. Default: {@code KAFKA_CONSUMER_START_FROM};
         * if that is unset too, such a partition closes the client with an error that says what to set.
         *
         * @param position earliest, latest or a time
         * @return this
         */
        public Builder startFrom(StartPosition position) {
            settings.startFrom.set(position);
            return this;
        }

        /**
         * Appended once to the group and to every topic. Default: {@code KAFKA_GLOBAL_SUFFIX}, else nothing.
         *
         * @param suffix letters, digits, {@code .}, {@code _} and {@code -}
         * @return this
         */
        public Builder globalSuffix(String suffix) {
            settings.globalSuffix.set(suffix);
            return this;
        }

        /**
         * Encrypts the connections. Default: {@code KAFKA_TLS_ENABLED} and its kin, else no encryption.
         *
         * @param tls whom to trust and what to show
         * @return this
         */
        public Builder tls(Tls tls) {
            settings.tls.set(tls);
            return this;
        }

        /**
         * Credentials. Default: {@code KAFKA_SASL_MECHANISM} and its kin, else none.
         *
         * @param sasl mechanism, user name and password
         * @return this
         */
        public Builder sasl(Sasl sasl) {
            settings.sasl.set(sasl);
            return this;
        }

        /**
         * How the members of the group agree on who reads which partition. Default: {@code KAFKA_GROUP_PROTOCOL}, else
         * {@link GroupProtocol#CLASSIC}.
         *
         * @param protocol the same for all members of the group
         * @return this
         */
        public Builder groupProtocol(GroupProtocol protocol) {
            settings.groupProtocol.set(protocol);
            return this;
        }

        /**
         * Any Kafka property, for every Kafka client inside that knows it. Those that the client itself depends on are
         * refused with the reason. Before the settings above where both say something.
         *
         * @param name as in Kafka's documentation
         * @param value as Kafka takes it
         * @return this
         */
        public Builder property(String name, Object value) {
            settings.property(name, value);
            return this;
        }

        /**
         * A Kafka property for the consumers inside alone; before {@link #property}.
         *
         * @param name as in Kafka's documentation
         * @param value as Kafka takes it
         * @return this
         */
        public Builder consumerProperty(String name, Object value) {
            settings.consumerProperty(name, value);
            return this;
        }

        /**
         * A Kafka property for the producers inside alone; before {@link #property}.
         *
         * @param name as in Kafka's documentation
         * @param value as Kafka takes it
         * @return this
         */
        public Builder producerProperty(String name, Object value) {
            settings.producerProperty(name, value);
            return this;
        }

        /**
         * Binds a handler to a topic. A topic has one consumer; a client without any is a producer.
         *
         * @param topic without the global suffix
         * @param handler gets its records; must be thread-safe
         * @return this
         */
        public Builder consumer(String topic, DeliveryHandler handler) {
            return consumer(topic, options -> {}, handler);
        }

        /**
         * Binds a handler to a topic, with options.
         *
         * @param topic without the global suffix
         * @param configure sets the options; called now, once
         * @param handler gets the topic's records; must be thread-safe
         * @return this
         */
        public Builder consumer(String topic, Consumer<ConsumerOptions> configure, DeliveryHandler handler) {
            settings.consumers.add(Registration.of(topic, configure, handler));
            return this;
        }

        /**
         * Binds a handler to a topic that gets several records at once. How many, and how long a batch waits to become so
         * large, {@link ConsumerOptions#batch} says. A topic has one consumer.
         *
         * @param topic without the global suffix
         * @param configure sets the options; called now, once
         * @param handler gets the topic's records; must be thread-safe
         * @return this
         */
        public Builder batchConsumer(String topic, Consumer<ConsumerOptions> configure, BatchHandler handler) {
            settings.consumers.add(Registration.ofBatches(topic, configure, handler));
            return this;
        }

        /**
         * Binds a consumer that knows its topic and options; it is asked for them now, once.
         *
         * @param consumer topic, options and handler
         * @return this
         */
        public Builder consumer(TopicConsumer consumer) {
            settings.consumers.add(Registration.of(consumer));
            return this;
        }

        /**
         * Is told what happens in the client. Several calls add up.
         *
         * @param listener called on the client's callback thread
         * @return this
         */
        public Builder listener(ClientListener listener) {
            settings.listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Stands around handler calls and beside records on their way out. Several calls add up; the first one is the
         * outermost. Without any, nothing of it costs anything.
         *
         * @param interceptor called on the threads that it says
         * @return this
         */
        public Builder interceptor(DeliveryInterceptor interceptor) {
            settings.interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /**
         * Where handlers run. It must run each task on a thread other than the submitter's, and has to have room for all
         * handler calls that are to run at once; it stays the application's to shut down. Default: virtual threads on
         * Java 21 and later, else a pool of the client's own that grows as needed.
         *
         * @param executor occupied for as long as handlers are
         * @return this
         */
        public Builder executor(Executor executor) {
            settings.executor.set(executor);
            return this;
        }

        /**
         * Closes the client when the JVM is asked to end (SIGTERM, {@code System.exit}), as {@link KafkaClient#close()},
         * and keeps the JVM from ending before that is done.
         *
         * @return this
         */
        public Builder closeOnShutdown() {
            settings.closeOnShutdown = true;
            return this;
        }

        /**
         * Closes the client as {@link KafkaClient#closeGracefully} when a stage completes, in whichever way, with the
         * {@link #closeTimeout}. A client that was not started by then cannot be started any more.
         *
         * @param stage often a future that the application completes when it is to end
         * @return this
         */
        public Builder closeWhen(CompletionStage<?> stage) {
            settings.closeWhen.set(stage);
            return this;
        }

        /**
         * How long closing may take where the call that closes does not say. Default 20 s, below the 30 s that
         * orchestrators grant.
         *
         * @param timeout zero or more
         * @return this
         */
        public Builder closeTimeout(Duration timeout) {
            settings.closeTimeout.set(timeout);
            return this;
        }

        /**
         * How long a rebalance waits for open deliveries of partitions that go to another member. Default 10 s; never more
         * than half of {@code max.poll.interval.ms}.
         *
         * @param timeout zero or more
         * @return this
         */
        public Builder drainTimeout(Duration timeout) {
            settings.drainTimeout.set(timeout);
            return this;
        }

        /**
         * How long a record of the retry topic waits for a member of the group that has its consumer, as during a rolling
         * deployment, before it goes to the dead letter queue. Default 15 minutes.
         *
         * @param time zero or more
         * @return this
         */
        public Builder unclaimedFor(Duration time) {
            settings.unclaimedFor.set(time);
            return this;
        }

        /**
         * How often offsets are committed. Default 1 s; at once when there is nothing else to do, when partitions are
         * revoked and on close. After a crash what was settled since the last commit comes again.
         *
         * @param interval above zero
         * @return this
         */
        public Builder commitInterval(Duration interval) {
            settings.commitInterval.set(interval);
            return this;
        }

        /**
         * Whether commits note which records are settled above one that is still open, so that after a restart or a
         * rebalance the next owner of the partition does not hand those out again. Default true. With {@code false}
         * nothing is noted and no such note is believed: whatever lies above the committed offset is handed out again.
         *
         * @param on true to remember
         * @return this
         */
        public Builder rememberSettled(boolean on) {
            settings.rememberSettled.set(on);
            return this;
        }

        /**
         * Stops moving failed records to the retry topic and the dead letter queue while nothing of their consumer succeeds,
         * because what its handler needs is down; of each consumer for itself. Its partitions are paused meanwhile, but for
         * a probe now and then, and go on with the first record that is acked. Off unless set.
         *
         * @param breaker when that is the case
         * @return this
         */
        public Builder outageBreaker(OutageBreaker breaker) {
            settings.outageBreaker.set(breaker);
            return this;
        }

        /**
         * Checks everything and makes the client. It opens no connection before it is started.
         *
         * @return a client, to be started
         * @throws io.mika.error.ConfigException with all problems, those of the environment included
         * @throws io.mika.error.ConsumerAlreadyRegisteredException if the only problem is a topic with two consumers
         */
        public KafkaClient build() {
            return Assembly.client(settings);
        }
    }
}
