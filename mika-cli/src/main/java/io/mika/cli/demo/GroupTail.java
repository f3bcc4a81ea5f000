package io.mika.cli.demo;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Asks the broker what the group has committed, and reads what lies at or past it. Uses Kafka's own clients, so that
 * the library does not vouch for itself.
 */
final class GroupTail {
    private static final int TIMEOUT_MS = 15_000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALLED = Duration.ofSeconds(15);

    private GroupTail() {}

    /** The partitions are all those of the demo's topics. */
    static Tail read(Admin admin, String brokers, Iterable<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(Members.GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        return read(brokers, behind(committed, ends));
    }

    /** What the group has not committed of a partition. */
    private record Span(long from, long end) {}

    private static Map<TopicPartition, Span> behind(
            Map<TopicPartition, OffsetAndMetadata> committed, Map<TopicPartition, ListOffsetsResultInfo> ends) {
        Map<TopicPartition, Span> spans = new HashMap<>();
        ends.forEach((partition, end) -> {
            OffsetAndMetadata offset = committed.get(partition);
            long from = offset == null ? 0 : offset.offset();
            if (from < end.offset()) {
                spans.put(partition, new Span(from, end.offset()));
            }
        });
        return spans;
    }

    private static Tail read(String brokers, Map<TopicPartition, Span> spans) {
        Tail tail = new Tail();
        if (spans.isEmpty()) {
            return tail;
        }
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                consumerProperties(brokers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(spans.keySet());
            spans.forEach((partition, span) -> consumer.seek(partition, span.from()));
            long progressAt = System.nanoTime();
            while (isBefore(consumer, spans)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    tail.add(Order.read(record.value()).id());
                    progressAt = System.nanoTime();
                }
                if (System.nanoTime() - progressAt > STALLED.toNanos()) {
                    throw new IllegalStateException("The broker hands out no more records of " + spans);
                }
            }
        }
        return tail;
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

    private static Map<String, Object> consumerProperties(String brokers) {
        Map<String, Object> properties = new HashMap<>(properties(brokers));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return properties;
    }
}
