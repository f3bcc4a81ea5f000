package io.mika.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

/** Kafka's own metrics, of a client whose broker nobody has seen. */
class OwnMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final KafkaMetrics metrics = KafkaMetrics.create(registry);

    @Test
    void theConsumersAndTheProducersAreThereUntilTheClientIsClosed() {
        KafkaClient client = KafkaClient.builder(name -> null)
                .brokers("127.0.0.1:1")
                .group("billing")
                .startFrom(StartPosition.earliest())
                .consumer("orders", Delivery::ack)
                .interceptor(metrics)
                .listener(metrics)
                .build();
        client.start();
        try {
            await().until(() -> client.kafkaMetrics().keySet().stream()
                    .map(MetricName::group)
                    .toList()
                    .containsAll(List.of("consumer-metrics", "producer-metrics")));
            metrics.observeKafka(client::kafkaMetrics);

            assertThat(registry.get("kafka.consumer.fetch.manager.records.consumed.total")
                            .functionCounter()
                            .count())
                    .isZero();
            assertThat(registry.get("kafka.producer.record.send.total")
                            .functionCounter()
                            .getId()
                            .getTag("client.id"))
                    .startsWith("mika-billing-");
        } finally {
            client.close(Duration.ZERO);
        }
        await().until(() -> registry.getMeters().isEmpty());
    }
}
