package io.mika.benchmarks;

import io.mika.KafkaClient;
import io.mika.benchmarks.Contestant.Order;
import io.mika.env.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Every record fails and goes to a dead letter queue of as many partitions; the pass ends when all of it is committed. */
final class DeadLetterSides {
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

    private DeadLetterSides() {}

    static String dlq(Order order) {
        return order.group() + "-dlq";
    }

    /** The handler fails each record in words. */
    static Pass mika(Order order) throws ExecutionException, InterruptedException {
        AtomicReference<Pass.@Nullable Meter> meter = new AtomicReference<>();
        KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(order.brokers())
                .group(order.group())
                .dlqTopic(dlq(order))
                .startFrom(StartPosition.earliest())
                .commitInterval(COMMIT_INTERVAL)
                .consumer(order.topic(), options -> options.useDlq(), delivery -> {
                    if (meter.get() == null) {
                        meter.compareAndSet(null, new Pass.Meter());
                    }
                    var unused = delivery.fail("rejected");
                })
                .build();
        client.start();
        awaitCommitted(order);
        Pass pass = end(meter.get(), order);
        client.close();
        return pass;
    }

    /** Until the group has committed as many records as there are. */
    static void awaitCommitted(Order order) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", order.brokers()))) {
            while (committed(admin, order.group()) < order.records()) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private static long committed(Admin admin, String group) throws ExecutionException, InterruptedException {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /**
     * A bare consumer with a pipelined producer, which commits what is acknowledged, every 100 ms.
     *
     * @param batchSize null for Kafka's default
     * @param headers whether it writes the failure headers too, which make a record of 100 bytes one of 500
     */
    static Pass pipelined(Order order, @Nullable Integer batchSize, boolean headers) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Contestant.consumerProperties(order));
                Producer<byte[], byte[]> producer = producer(order, batchSize)) {
            consumer.subscribe(List.of(order.topic()));
            Pipeline pipeline = new Pipeline(consumer, headers);
            Pass.Meter meter = null;
            while (pipeline.committed() < order.records()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(10));
                if (meter == null && !records.isEmpty()) {
                    meter = new Pass.Meter();
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    pipeline.send(producer, dlq(order), record);
                }
                pipeline.commit();
            }
            return end(meter, order);
        }
    }

    /** What is under way: per partition the acknowledged offsets, which come in order of the sends. */
    private static final class Pipeline {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final boolean headers;
        private final Map<TopicPartition, AtomicLong> acknowledged = new HashMap<>();
        private long committedAt = System.nanoTime();
        private long committed;

        Pipeline(KafkaConsumer<byte[], byte[]> consumer, boolean headers) {
            this.consumer = consumer;
            this.headers = headers;
        }

        /** One partition of the source goes to one of the queue, so that acknowledgements come in order. */
        void send(Producer<byte[], byte[]> producer, String to, ConsumerRecord<byte[], byte[]> record) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            AtomicLong next = acknowledged.computeIfAbsent(partition, missing -> new AtomicLong());
            var unused = producer.send(
                    new ProducerRecord<>(to, record.partition(), record.key(), record.value(), headers(record)),
                    (where, error) -> {
                        if (error == null) {
                            next.set(record.offset() + 1);
                        }
                    });
        }

        private Iterable<Header> headers(ConsumerRecord<byte[], byte[]> record) {
            if (!headers) {
                return record.headers();
            }
            List<Header> all = new ArrayList<>(List.of(record.headers().toArray()));
            add(all, "org_topic", record.topic());
            add(all, "msg", "rejected");
            add(all, "retries", "0");
            add(all, "org_partition", Integer.toString(record.partition()));
            add(all, "org_offset", Long.toString(record.offset()));
            add(all, "org_timestamp", Long.toString(record.timestamp()));
            add(all, "attempts", "1");
            add(all, "reason", "rejected");
            add(all, "failed_at", Long.toString(System.currentTimeMillis()));
            return all;
        }

        private static void add(List<Header> headers, String name, String value) {
            headers.add(new RecordHeader("mika_err_pass-1_" + name, value.getBytes(StandardCharsets.UTF_8)));
        }

        void commit() {
            if (System.nanoTime() - committedAt < COMMIT_INTERVAL.toNanos()) {
                return;
            }
            committedAt = System.nanoTime();
            Map<TopicPartition, OffsetAndMetadata> offsets = acknowledged.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            next -> new OffsetAndMetadata(next.getValue().get())));
            consumer.commitAsync(offsets, (done, error) -> {
                if (error == null) {
                    committed = done.values().stream()
                            .mapToLong(OffsetAndMetadata::offset)
                            .sum();
                }
            });
        }

        long committed() {
            return committed;
        }
    }

    /** A bare consumer that flushes its producer and commits after each poll. */
    static Pass flushing(Order order) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Contestant.consumerProperties(order));
                Producer<byte[], byte[]> producer = producer(order, null)) {
            consumer.subscribe(List.of(order.topic()));
            Pass.Meter meter = null;
            long seen = 0;
            while (seen < order.records()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (meter == null && !records.isEmpty()) {
                    meter = new Pass.Meter();
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    var unused = producer.send(new ProducerRecord<>(
                            dlq(order), record.partition(), record.key(), record.value(), record.headers()));
                    seen++;
                }
                producer.flush();
                consumer.commitSync();
            }
            return end(meter, order);
        }
    }

    private static Producer<byte[], byte[]> producer(Order order, @Nullable Integer batchSize) {
        return new KafkaProducer<>(producerProperties(order, batchSize));
    }

    /** Kafka's defaults, but for the size of batches where one is given. */
    static Map<String, Object> producerProperties(Order order, @Nullable Integer batchSize) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, order.brokers());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        if (batchSize != null) {
            properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchSize);
        }
        return properties;
    }

    static Pass end(Pass.@Nullable Meter meter, Order order) {
        if (meter == null) {
            throw new IllegalStateException("the topic is empty");
        }
        return meter.end(order.records());
    }
}
