package io.mika.test.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A test's own corner of a broker: topics and groups with names that nobody else has, and the few calls that tests
 * make. Every call blocks until the broker answered, and fails after half a minute. <i>Thread-safe.</i>
 */
public final class KafkaFixture implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String bootstrapServers;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;

    /** A corner of this broker. */
    public KafkaFixture(TestBroker broker) {
        this(broker.bootstrapServers());
    }

    /** A corner of any broker. */
    public KafkaFixture(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("key.serializer", ByteArraySerializer.class);
        properties.put("value.serializer", ByteArraySerializer.class);
        properties.put("linger.ms", 5);
        properties.put("batch.size", 128 * 1024);
        producer = new KafkaProducer<>(properties);
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** A name that begins like this and that no other test has. */
    public String unique(String name) {
        return name + "-" + mark;
    }

    /** A consumer group's name that no other test has. */
    public String group(String name) {
        return unique(name);
    }

    /** Creates a topic, with one replica, and returns its unique name once records can be written to it. */
    public String topic(String name, int partitions) {
        String topic = unique(name);
        create(new NewTopic(topic, partitions, (short) 1));
        return topic;
    }

    /**
     * Creates a topic and waits until its partitions answer. A broker tells of a new partition before it leads it; of two
     * requests of an idempotent producer it may refuse the first then and take the second, and the first is out of sequence
     * for ever (seen on 4.4.0).
     */
    public void create(NewTopic topic) {
        await(admin.createTopics(List.of(topic)).all());
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!answers(topic)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("topic " + topic.name() + " was created and does not answer");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean answers(NewTopic topic) {
        try {
            ends(topic.name(), topic.numPartitions());
            return true;
        } catch (IllegalStateException notYet) {
            if (notYet.getCause() instanceof ExecutionException failed
                    && failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw notYet;
        }
    }

    /** Kafka's admin client, open until the test ends. */
    public Admin admin() {
        return admin;
    }

    /** Writes a record of UTF-8 texts, and waits until it is acknowledged. */
    public RecordMetadata produce(String topic, String key, String value) {
        return await(producer.send(new ProducerRecord<>(topic, bytes(key), bytes(value))));
    }

    /** Writes {@code count} records of {@code size} bytes, spread over the partitions, and waits for all of them. */
    public void fill(String topic, int partitions, long count, int size) {
        fill(topic, partitions, count, size, Long.MAX_VALUE);
    }

    /** The same with so many distinct keys, each in one partition where they are a multiple of the partitions. */
    public void fill(String topic, int partitions, long count, int size, long keys) {
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        for (long i = 0; i < count; i++) {
            int partition = (int) (i % partitions);
            var unused = producer.send(
                    new ProducerRecord<>(topic, partition, bytes(Long.toString(i % keys)), new byte[size]),
                    (where, error) -> failed.compareAndSet(null, error));
        }
        producer.flush();
        Exception error = failed.get();
        if (error != null) {
            throw new IllegalStateException("topic " + topic + " was not filled", error);
        }
    }

    /** What the group committed; partitions without a commit are absent. */
    public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        Map<TopicPartition, OffsetAndMetadata> known =
                new HashMap<>(await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        known.values().removeIf(offset -> offset == null);
        return known;
    }

    /** The offsets alone of what a group has committed. */
    public Map<TopicPartition, Long> committedOffsets(String group) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        committed(group).forEach((partition, committed) -> offsets.put(partition, committed.offset()));
        return offsets;
    }

    /** The offset after the last record of each partition. */
    public Map<TopicPartition, Long> ends(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        await(admin.listOffsets(asked).all()).forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T await(KafkaFuture<T> answer) {
        return await((Future<T>) answer.toCompletionStage().toCompletableFuture());
    }

    private static <T> T await(Future<T> answer) {
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("the broker did not do it: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
