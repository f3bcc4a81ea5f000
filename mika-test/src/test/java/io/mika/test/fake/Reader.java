package io.mika.test.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;

/** A consumer under test, with a note of what its listener was told. */
final class Reader implements ConsumerRebalanceListener {

    static final Map<String, Object> COOPERATIVE =
            Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
    static final Map<String, Object> EAGER =
            Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
    static final Map<String, Object> CONSUMER = Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");

    final Consumer<byte[], byte[]> consumer;
    final List<String> told = new ArrayList<>();

    Reader(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    Reader subscribe(String... topics) {
        consumer.subscribe(List.of(topics), this);
        return this;
    }

    ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(Duration.ofMillis(100));
    }

    /** The values of what one poll returns. */
    List<String> values() {
        List<String> values = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : poll()) {
            values.add(new String(record.value(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return values;
    }

    String member() {
        return consumer.groupMetadata().memberId();
    }

    void commit(TopicPartition partition, long offset) {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)), Duration.ofSeconds(5));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        told.add("revoked " + numbers(partitions));
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        told.add("assigned " + numbers(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        told.add("lost " + numbers(partitions));
    }

    static Set<Integer> numbers(Collection<TopicPartition> partitions) {
        TreeMap<Integer, TopicPartition> numbers = new TreeMap<>();
        partitions.forEach(partition -> numbers.put(partition.partition(), partition));
        return numbers.keySet();
    }
}
