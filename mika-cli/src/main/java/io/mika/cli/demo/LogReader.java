package io.mika.cli.demo;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Asks the broker what its topics hold and what the group has committed. Uses Kafka's own clients, so that the library
 * does not vouch for itself. Owned by one thread.
 */
final class LogReader {
    private static final int TIMEOUT_MS = 15_000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALLED = Duration.ofSeconds(15);

    private final Admin admin;
    private final String brokers;

    LogReader(Admin admin, String brokers) {
        this.admin = admin;
        this.brokers = brokers;
    }

    /** The ids of all records of these partitions. */
    void readAll(Iterable<TopicPartition> partitions, LongConsumer ids)
            throws ExecutionException, InterruptedException {
        read(spans(Map.of(), partitions), ids);
    }

    /** The ids of the records of these partitions that the group would be given if it came back. */
    void readUncommitted(Iterable<TopicPartition> partitions, LongConsumer ids)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(Members.GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        read(spans(committed, partitions), ids);
    }

    /** A part of a partition. */
    private record Span(long from, long end) {}

    private Map<TopicPartition, Span> spans(
            Map<TopicPartition, OffsetAndMetadata> from, Iterable<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Span> spans = new HashMap<>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> {
            OffsetAndMetadata first = from.get(partition);
            Span span = new Span(first == null ? 0 : first.offset(), end.offset());
            if (span.from() < span.end()) {
                spans.put(partition, span);
            }
        });
        return spans;
    }

    private void read(Map<TopicPartition, Span> spans, LongConsumer ids) {
        if (spans.isEmpty()) {
            return;
        }
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(spans.keySet());
            spans.forEach((partition, span) -> consumer.seek(partition, span.from()));
            long progressAt = System.nanoTime();
            while (isBefore(consumer, spans)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    ids.accept(Order.read(record.value()).id());
                    progressAt = System.nanoTime();
                }
                if (System.nanoTime() - progressAt > STALLED.toNanos()) {
                    throw new IllegalStateException("The broker hands out no more records of " + spans);
                }
            }
        }
    }

    private static boolean isBefore(Consumer<?, ?> consumer, Map<TopicPartition, Span> spans) {
        return spans.entrySet().stream()
                .anyMatch(entry ->
                        consumer.position(entry.getKey()) < entry.getValue().end());
    }

    static Map<String, Object> properties(String brokers) {
        return Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers,
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    }

    private Map<String, Object> consumerProperties() {
        Map<String, Object> properties = new HashMap<>(properties(brokers));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return properties;
    }
}
