package io.mika.test.fake;

import io.mika.engine.Lookups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in memory, for tests of what consumes and produces: topics, groups with rebalances, committed
 * offsets, and everything that can go wrong with them, at the moment at which the test wants it.
 *
 * <p><i>For one thread.</i> Time is what the clock says; where a call of a consumer would block, {@link Waiting} is
 * asked to let time pass. What Kafka's clients do on threads of their own, completing futures and calling back
 * producers, happens in {@link #runDue()}.
 */
public final class FakeKafka {

    private final Broker broker;
    private final List<FakeProducer> producers = new ArrayList<>();

    /** A broker with a clock of its own, which runs on while a call waits. */
    public FakeKafka() {
        this(new VirtualClock());
    }

    /**
     * A broker that moves this clock on while a call waits, and runs what becomes due.
     *
     * @param clock the clock
     */
    public FakeKafka(VirtualClock clock) {
        this.broker = new Broker(clock::nanos, clock::millis, nanos -> {
            clock.advance(Math.min(nanos, Math.max(0, nextDue() - clock.nanos())));
            runDue();
        });
    }

    /**
     * A broker of which a driver steers the time.
     *
     * @param nanos monotonic time in nanoseconds
     * @param millis epoch milliseconds, for the timestamps of records
     * @param waiting what happens while a call has nothing to return
     */
    public FakeKafka(LongSupplier nanos, LongSupplier millis, Waiting waiting) {
        this.broker = new Broker(nanos, millis, waiting);
    }

    // --- clients ---

    /**
     * A consumer. It heeds {@code max.poll.records}, {@code auto.offset.reset} (unlike Kafka's it is {@code none} by
     * default), {@code group.protocol}, {@code partition.assignment.strategy} (cooperative-sticky by default, all
     * others are eager), and the time-outs of poll interval, session, request and API.
     *
     * @param group the group, or null
     * @param properties Kafka's consumer properties
     * @return a new consumer; patterns are not supported
     */
    public Consumer<byte[], byte[]> consumer(@Nullable String group, Map<String, ?> properties) {
        return new FakeConsumer(broker, ConsumerSettings.of(group, properties));
    }

    /**
     * A consumer with default properties.
     *
     * @param group the group, or null
     * @return a new consumer
     */
    public Consumer<byte[], byte[]> consumer(@Nullable String group) {
        return consumer(group, Map.of());
    }

    /**
     * An idempotent producer. It heeds {@code max.block.ms}, {@code delivery.timeout.ms}, {@code max.request.size}.
     *
     * @param properties Kafka's producer properties
     * @return a new producer, without transactions; it never blocks in {@code send}
     */
    public Producer<byte[], byte[]> producer(Map<String, ?> properties) {
        FakeProducer producer = new FakeProducer(broker, ProducerSettings.of(properties));
        producers.removeIf(FakeProducer::isClosed);
        producers.add(producer);
        return producer;
    }

    /**
     * A producer with default properties.
     *
     * @return a new producer
     */
    public Producer<byte[], byte[]> producer() {
        return producer(Map.of());
    }

    /**
     * The engine's look-ups; answered at once unless a fault delays them.
     *
     * @return new look-ups
     */
    public Lookups lookups() {
        return new FakeLookups(broker);
    }

    // --- time ---

    /**
     * Monotonic time as the broker sees it.
     *
     * @return nanoseconds
     */
    public long now() {
        return broker.now();
    }

    /**
     * Does what is due by now: requests arrive, members expire, futures complete, callbacks run.
     *
     * @return whether an application was told anything
     */
    public boolean runDue() {
        return broker.runDue();
    }

    /**
     * When the next request or answer is due.
     *
     * @return nanoseconds of {@link #now()}, {@code Long.MAX_VALUE} for never
     */
    public long nextDue() {
        return broker.next();
    }

    // --- topics ---

    /**
     * Creates a topic; after a {@link #deleteTopic} it is another one, with another id.
     *
     * @param name the topic
     * @param partitions how many
     * @return this
     */
    public FakeKafka createTopic(String name, int partitions) {
        broker.topics.create(name, partitions);
        return this;
    }

    /**
     * Deletes a topic, and what groups committed of it.
     *
     * @param name the topic
     */
    public void deleteTopic(String name) {
        broker.topics.delete(name);
        broker.groups.values().forEach(group -> group.forget(name));
    }

    /**
     * Adds partitions; groups take notice at their next polls.
     *
     * @param name the topic
     * @param partitions how many there are then
     */
    public void growTopic(String name, int partitions) {
        broker.topics.grow(name, partitions);
    }

    /**
     * Whether a produce to a missing topic creates it, with one partition. It does by default.
     *
     * @param autoCreate whether
     * @return this
     */
    public FakeKafka autoCreate(boolean autoCreate) {
        broker.autoCreate = autoCreate;
        return this;
    }

    /**
     * Says what a client finds a topic to be set to when it starts; nothing else comes of it.
     *
     * @param topic the topic
     * @param name Kafka's name, as {@code retention.ms}
     * @param value its value
     * @return this
     */
    public FakeKafka topicSetting(String topic, String name, String value) {
        broker.topicSettings.computeIfAbsent(topic, none -> new HashMap<>()).put(name, value);
        return this;
    }

    /**
     * What the broker takes of one record, key, value and headers together; Kafka's {@code message.max.bytes}.
     *
     * @param bytes how much
     * @return this
     */
    public FakeKafka maxMessageBytes(int bytes) {
        broker.maxMessageBytes = bytes;
        return this;
    }

    /**
     * The topics that exist.
     *
     * @return names, sorted
     */
    public Set<String> topics() {
        return new TreeSet<>(broker.topics.all().keySet());
    }

    /**
     * How many partitions a topic has.
     *
     * @param topic the topic
     * @return 0 for one that does not exist
     */
    public int partitions(String topic) {
        return broker.topics.partitions(topic);
    }

    /**
     * A partition, to look into and to change.
     *
     * @param topic the topic
     * @param number the partition's number
     * @return the partition; its methods throw while it does not exist
     */
    public FakePartition partition(String topic, int number) {
        return partition(new TopicPartition(topic, number));
    }

    /**
     * A partition, to look into and to change.
     *
     * @param partition the partition
     * @return the partition; its methods throw while it does not exist
     */
    public FakePartition partition(TopicPartition partition) {
        return new FakePartition(broker, partition);
    }

    /**
     * A group, to look into and to change.
     *
     * @param name the group
     * @return the group, whether or not it had members yet
     */
    public FakeGroup group(String name) {
        return new FakeGroup(broker, name);
    }

    // --- what goes wrong ---

    /**
     * Decides from now on what becomes of requests.
     *
     * @param faults what goes wrong
     * @return this
     */
    public FakeKafka faults(Faults faults) {
        broker.faults = faults;
        return this;
    }

    /** The broker stops: polls return nothing, commits fail, records wait. What was under way is not answered. */
    public void down() {
        broker.down();
    }

    /** The broker is back, with all it had. */
    public void up() {
        broker.up();
    }

    /** Connections break and come back: requests that wait for an answer fail, records are sent again. */
    public void reconnect() {
        broker.reconnect();
    }

    /**
     * The consumer's process dies: it does nothing more, and its group notices after the session time-out.
     *
     * @param consumer a consumer of this broker
     */
    public void crash(Consumer<byte[], byte[]> consumer) {
        ((FakeConsumer) consumer).crash();
    }

    /**
     * All producers that exist come into a fatal state: what is under way fails, and they can send no more.
     *
     * @param error the cause
     */
    public void breakProducers(RuntimeException error) {
        producers.forEach(producer -> producer.breakDown(error));
    }
}
