package io.mika.test.fake;

import io.mika.test.broker.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A script on a real broker. */
final class RealStage implements Stage, AutoCloseable {

    private final KafkaFixture kafka;
    private final String topic;
    private final String group;
    private final List<Consumer<byte[], byte[]>> consumers = new ArrayList<>();

    RealStage(KafkaFixture kafka, String name) {
        this.kafka = kafka;
        this.topic = kafka.topic(name, 2);
        this.group = kafka.group(name);
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public String group() {
        return group;
    }

    @Override
    public Consumer<byte[], byte[]> consumer(@Nullable String groupId, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", kafka.bootstrapServers());
        all.put("key.deserializer", ByteArrayDeserializer.class);
        all.put("value.deserializer", ByteArrayDeserializer.class);
        all.put("enable.auto.commit", false);
        all.put("auto.offset.reset", "none");
        all.putIfAbsent("metadata.max.age.ms", 500);
        if (groupId != null) {
            all.put("group.id", groupId);
        }
        if (!properties.containsKey("group.protocol")) {
            all.put("session.timeout.ms", 1500);
            all.put("heartbeat.interval.ms", 100);
        }
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(all);
        consumers.add(consumer);
        return consumer;
    }

    @Override
    public void produce(TopicPartition partition, String value) {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(producer())) {
            await(producer.send(record(partition, value)));
        }
    }

    @Override
    public void produceInTransaction(TopicPartition partition, String value) {
        Map<String, Object> properties = producer();
        properties.put("transactional.id", kafka.unique("transactions"));
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            producer.initTransactions();
            producer.beginTransaction();
            await(producer.send(record(partition, value)));
            producer.commitTransaction();
        }
        while (kafka.ends(topic, 2).getOrDefault(partition, 1L) % 2 != 0) {
            Thread.onSpinWait(); // the marker is written after the commit is answered
        }
    }

    private Map<String, Object> producer() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("key.serializer", ByteArraySerializer.class);
        properties.put("value.serializer", ByteArraySerializer.class);
        return properties;
    }

    private static ProducerRecord<byte[], byte[]> record(TopicPartition partition, String value) {
        return new ProducerRecord<>(
                partition.topic(), partition.partition(), null, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void deleteRecords(TopicPartition partition, long before) {
        await(kafka.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .all());
    }

    @Override
    public void growTopic(int partitions) {
        await(kafka.admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all());
    }

    @Override
    public void deleteTopic() {
        await(kafka.admin().deleteTopics(List.of(topic)).all());
    }

    @Override
    public void createTopic(int partitions) {
        await(kafka.admin()
                .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    @Override
    public void expire(Consumer<byte[], byte[]> consumer) {
        String member = consumer.groupMetadata().memberId();
        while (members().contains(member)) {
            Thread.onSpinWait();
        }
    }

    private List<String> members() {
        List<String> members = new ArrayList<>();
        await(kafka.admin().describeConsumerGroups(List.of(group)).all())
                .values()
                .forEach(described -> described.members().forEach(member -> members.add(member.consumerId())));
        return members;
    }

    private static <T> T await(KafkaFuture<T> answer) {
        return await((Future<T>) answer.toCompletionStage().toCompletableFuture());
    }

    private static <T> T await(Future<T> answer) {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not do it", e);
        }
    }

    @Override
    public void close() {
        consumers.forEach(Consumer::close);
    }
}
