package io.mika.test.fake;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/** The overloads of Kafka's consumer that lead to others, and what the fake does not offer. */
interface ConsumerDefaults extends Consumer<byte[], byte[]> {

    /** Kafka's {@code default.api.timeout.ms}. */
    Duration apiTimeout();

    /** The positions of all assigned partitions, as a commit without arguments takes them. */
    Map<TopicPartition, OffsetAndMetadata> consumed();

    @Override
    default void subscribe(Collection<String> topics) {
        subscribe(topics, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
        });
    }

    @Override
    default void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        throw unsupported("subscribe(Pattern)");
    }

    @Override
    default void subscribe(Pattern pattern) {
        throw unsupported("subscribe(Pattern)");
    }

    @Override
    default void subscribe(SubscriptionPattern pattern, ConsumerRebalanceListener listener) {
        throw unsupported("subscribe(SubscriptionPattern)");
    }

    @Override
    default void subscribe(SubscriptionPattern pattern) {
        throw unsupported("subscribe(SubscriptionPattern)");
    }

    @Override
    default void commitSync() {
        commitSync(apiTimeout());
    }

    @Override
    default void commitSync(Duration timeout) {
        commitSync(consumed(), timeout);
    }

    @Override
    default void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        commitSync(offsets, apiTimeout());
    }

    @Override
    default void commitAsync() {
        commitAsync(null);
    }

    @Override
    default void commitAsync(@Nullable OffsetCommitCallback callback) {
        commitAsync(consumed(), callback);
    }

    @Override
    default long position(TopicPartition partition) {
        return position(partition, apiTimeout());
    }

    @Override
    default Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        return committed(partitions, apiTimeout());
    }

    @Override
    default List<PartitionInfo> partitionsFor(String topic) {
        return partitionsFor(topic, apiTimeout());
    }

    @Override
    default Map<String, List<PartitionInfo>> listTopics() {
        return listTopics(apiTimeout());
    }

    @Override
    default Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
        return offsetsForTimes(times, apiTimeout());
    }

    @Override
    default Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return beginningOffsets(partitions, apiTimeout());
    }

    @Override
    default Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return endOffsets(partitions, apiTimeout());
    }

    @Override
    default void enforceRebalance() {
        enforceRebalance("");
    }

    @Override
    default void close() {
        close(CloseOptions.timeout(Duration.ofSeconds(30)));
    }

    @Override
    @Deprecated
    default void close(Duration timeout) {
        close(CloseOptions.timeout(timeout));
    }

    @Override
    default Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    default void registerMetricForSubscription(KafkaMetric metric) {
        throw unsupported("registerMetricForSubscription");
    }

    @Override
    default void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw unsupported("unregisterMetricFromSubscription");
    }

    @Override
    default Uuid clientInstanceId(Duration timeout) {
        throw unsupported("clientInstanceId");
    }

    private static UnsupportedOperationException unsupported(String what) {
        return new UnsupportedOperationException("The fake consumer has no " + what);
    }
}
