package io.mika.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Closing from the client's own threads. */
@WithBroker
class CloseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final CompletableFuture<KafkaClient> client = new CompletableFuture<>();
    private final Queue<CloseReport> atOnce = new ConcurrentLinkedQueue<>();

    private void close() {
        atOnce.add(client.join().close(TIMEOUT));
    }

    @Test
    void aHandlerMayCloseAndIsDrainedItself(KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("closing-handler", 1);
        String group = kafka.group("closing-handler");
        kafka.fill(topic, 1, 1, 10);
        start(builder(kafka, group).consumer(topic, delivery -> {
            close();
            delivery.ack();
        }));

        CloseReport report = closed();

        assertThat(atOnce).singleElement().returns(false, CloseReport::isFinal);
        assertThat(report.drained()).isTrue();
        assertThat(report.took()).isLessThan(TIMEOUT);
        assertThat(kafka.committedOffsets(group)).containsEntry(new TopicPartition(topic, 0), 1L);
    }

    @Test
    void aListenerMayCloseAndIsToldOfTheEnd(KafkaFixture kafka) throws Exception {
        String topic = kafka.topic("closing-listener", 1);
        CompletableFuture<CloseReport> told = new CompletableFuture<>();
        start(builder(kafka, kafka.group("closing-listener"))
                .consumer(topic, Delivery::ack)
                .listener(new ClientListener() {
                    @Override
                    public void onAssigned(Set<TopicPartition> partitions) {
                        close();
                    }

                    @Override
                    public void onClosed(CloseReport report) {
                        told.complete(report);
                    }
                }));

        CloseReport report = closed();

        assertThat(atOnce).singleElement().returns(false, CloseReport::isFinal);
        assertThat(report.leftGroup()).isTrue();
        assertThat(report.took()).isLessThan(TIMEOUT);
        assertThat(told).isCompletedWithValue(report);
    }

    private static KafkaClient.Builder builder(KafkaFixture kafka, String group) {
        return KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest());
    }

    private void start(KafkaClient.Builder builder) {
        KafkaClient made = builder.build();
        client.complete(made);
        made.start();
    }

    private CloseReport closed() throws InterruptedException {
        assertThat(client.join().awaitClosed(PATIENCE)).isTrue();
        return client.join().awaitClosed();
    }
}
