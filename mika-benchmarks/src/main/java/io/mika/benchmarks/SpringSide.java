package io.mika.benchmarks;

import io.mika.benchmarks.Contestant.Order;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Spring Kafka as its reference shows it: the listener throws, {@code DefaultErrorHandler} tries no second time and gives
 * the record to a {@code DeadLetterPublishingRecoverer}. Everything else is at Spring's
 * defaults, but for what a parameter says.
 */
final class SpringSide {
    private SpringSide() {}

    /**
     * @param verifies whether the recoverer looks, before each record, whether the partition that it writes to exists: its
     *     default, and a request that waits behind the fetch that is under way, for up to {@code fetch.max.wait.ms}
     */
    static Pass deadLetters(Order order, boolean verifies) throws ExecutionException, InterruptedException {
        AtomicReference<Pass.@Nullable Meter> meter = new AtomicReference<>();
        MessageListener<byte[], byte[]> listener = record -> {
            if (meter.get() == null) {
                meter.compareAndSet(null, new Pass.Meter());
            }
            throw new IllegalStateException("rejected");
        };
        ContainerProperties properties = new ContainerProperties(order.topic());
        properties.setMessageListener(listener);
        DefaultKafkaProducerFactory<byte[], byte[]> producers =
                new DefaultKafkaProducerFactory<>(DeadLetterSides.producerProperties(order, null));
        KafkaMessageListenerContainer<byte[], byte[]> container =
                new KafkaMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(consumer(order)), properties);
        DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(
                new KafkaTemplate<>(producers),
                (record, thrown) -> new TopicPartition(DeadLetterSides.dlq(order), record.partition()));
        recoverer.setVerifyPartition(verifies);
        container.setCommonErrorHandler(new DefaultErrorHandler(recoverer, new FixedBackOff(0, 0)));
        container.start();
        try {
            DeadLetterSides.awaitCommitted(order);
            return DeadLetterSides.end(meter.get(), order);
        } finally {
            container.stop();
            producers.destroy();
        }
    }

    /** As Spring and Kafka have it, but for where a new group begins. */
    private static Map<String, Object> consumer(Order order) {
        Map<String, Object> properties = new HashMap<>(Contestant.consumerProperties(order));
        properties.remove("max.poll.records");
        return properties;
    }
}
