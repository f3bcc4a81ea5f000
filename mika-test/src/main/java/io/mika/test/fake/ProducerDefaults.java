package io.mika.test.fake;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/** The overloads of Kafka's producer that lead to others, and what the fake does not offer. */
interface ProducerDefaults extends Producer<byte[], byte[]> {

    @Override
    @SuppressWarnings("NullAway") // Kafka takes null for no callback
    default Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return send(record, null);
    }

    @Override
    default void close() {
        close(Duration.ofMillis(Long.MAX_VALUE));
    }

    @Override
    default Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    default void initTransactions() {
        throw unsupported("transactions");
    }

    @Override
    default void beginTransaction() {
        throw unsupported("transactions");
    }

    @Override
    default void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw unsupported("transactions");
    }

    @Override
    default void commitTransaction() {
        throw unsupported("transactions");
    }

    @Override
    default void abortTransaction() {
        throw unsupported("transactions");
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
        return new UnsupportedOperationException("The fake producer has no " + what);
    }
}
