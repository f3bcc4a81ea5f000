package io.mika;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mika.error.ClientClosedException;
import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of a client that has no consumers and finds no broker. */
@Timeout(60)
class KafkaClientTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final ProducerRecord<byte[], byte[]> RECORD = new ProducerRecord<>("orders", new byte[] {1});

    private final KafkaClient client = builder().build();

    @AfterEach
    void end() {
        client.close(Duration.ZERO);
    }

    @Test
    void startsOnce() {
        assertThat(client.isStarted()).isFalse();

        client.start();
        client.start();

        assertThat(client.isStarted()).isTrue();
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void aClientWithoutConsumersIsReadyAtOnce() throws Exception {
        client.start();

        client.ready().get(10, SECONDS);
    }

    @Test
    void kafkasOwnMetricsAreThereFromTheStart() {
        assertThat(client.kafkaMetrics()).isEmpty();

        client.start();

        assertThat(client.kafkaMetrics().keySet()).extracting(MetricName::group).contains("producer-metrics");
    }

    @Test
    void publishBeforeStartIsAMistake() {
        assertThatIllegalStateException().isThrownBy(() -> client.publish(RECORD));
    }

    @Test
    void publishWithATimeoutDoesNotBlockAndDoesNotOutlastIt() {
        client.start();

        CompletableFuture<RecordMetadata> future = client.publish(RECORD, SHORT);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> future.get(10, SECONDS))
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void anUnreachableBrokerFailsPublishAndNotStart() {
        KafkaClient impatient = builder().producerProperty("max.block.ms", 100).build();
        impatient.start();

        CompletableFuture<RecordMetadata> future = impatient.publish(RECORD);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> future.get(10, SECONDS))
                .withCauseInstanceOf(org.apache.kafka.common.errors.TimeoutException.class)
                .withMessageContaining("orders-eu");
        impatient.close(SHORT);
    }

    @Test
    void closeGivesAFinalReport() throws Exception {
        client.start();

        CloseReport report = client.close(Duration.ofSeconds(10));

        assertThat(report.isFinal()).isTrue();
        assertThat(report.drained()).isTrue();
        assertThat(report.cause()).isEmpty();
        assertThat(client.isClosed()).isTrue();
        assertThat(client.isStarted()).isTrue();
        assertThat(client.awaitClosed()).isEqualTo(report);
        assertThat(client.awaitClosed(Duration.ZERO)).isTrue();
        assertThat(client.closeNow()).isEqualTo(report);
    }

    @Test
    void aClosedClientDoesNotStartAgain() {
        client.start();
        client.close();

        assertThatExceptionOfType(ClientClosedException.class).isThrownBy(client::start);
    }

    @Test
    void aClientThatWasNeverStartedClosesAtOnce() {
        CloseReport report = client.close(Duration.ofSeconds(10));

        assertThat(report.isFinal()).isTrue();
        assertThat(client.isClosed()).isTrue();
        assertThatExceptionOfType(ClientClosedException.class).isThrownBy(client::start);
        assertThat(client.publish(RECORD)).isCompletedExceptionally();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> client.ready().get(10, SECONDS))
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void publishAfterCloseFailsThroughTheFuture() {
        client.start();
        client.close();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> client.publish(RECORD).get(10, SECONDS))
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void closingLeavesNoFutureOpen() {
        client.start();
        CompletableFuture<RecordMetadata> future = client.publish(RECORD, Duration.ofMinutes(10));

        client.close(SHORT);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> future.get(10, SECONDS))
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void closeGracefullyReturnsAtOnceAndReports() throws Exception {
        client.start();

        CloseReport report = client.closeGracefully(Duration.ofSeconds(10)).get(10, SECONDS);

        assertThat(report.isFinal()).isTrue();
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void aNegativeTimeoutIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.close(Duration.ofSeconds(-1)))
                .withMessage("timeout: PT-1S is negative");
    }

    @Test
    void awaitClosedGivesUpInTime() throws Exception {
        client.start();

        assertThat(client.awaitClosed(SHORT)).isFalse();
    }

    @Test
    void closeInAnActionOnAFutureDoesNotWaitForItself() throws Exception {
        client.start();

        CloseReport report = client.publish(RECORD, SHORT)
                .handle((metadata, error) -> client.close(Duration.ofSeconds(10)))
                .get(10, SECONDS);

        assertThat(report.isFinal()).isFalse();
        assertThat(client.awaitClosed().isFinal()).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitForTheEndButNotTheClosing() throws Exception {
        client.start();
        Thread.currentThread().interrupt();

        CloseReport report = client.close(Duration.ofSeconds(10));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.isFinal()).isEqualTo(false);
        assertThat(client.awaitClosed().isFinal()).isTrue();
    }

    @Test
    void closesWhenAStageCompletes() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        KafkaClient bound = builder().closeWhen(stage).build();
        bound.start();

        stage.completeExceptionally(new IllegalStateException("the application failed"));

        assertThat(bound.awaitClosed().isFinal()).isTrue();
    }

    @Test
    void theListenerHearsOfTheEnd() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        KafkaClient listened = builder()
                .listener(new ClientListener() {
                    @Override
                    public void onClosed(CloseReport report) {
                        heard.countDown();
                    }
                })
                .build();
        listened.start();

        listened.close();

        assertThat(heard.await(10, SECONDS)).isTrue();
    }

    @Test
    void aClientThatClosesOnShutdownIsClosedByHandToo() {
        KafkaClient bound = builder().closeOnShutdown().build();
        bound.start();

        assertThat(bound.close(Duration.ofSeconds(10)).isFinal()).isTrue();
    }

    @Test
    void everyClientHasANameOfItsOwn() {
        KafkaClient first = builder().group("billing").build();
        KafkaClient second = builder().group("billing").build();

        assertThat(first.toString()).matches("KafkaClient\\[mika-billing-eu-\\d+]");
        assertThat(second.toString()).isNotEqualTo(first.toString());
        assertThat(client.toString()).matches("KafkaClient\\[mika-\\d+]");
    }

    /** Port 1 is nobody's. */
    private static KafkaClient.Builder builder() {
        return KafkaClient.builder(Map.of("KAFKA_BROKERS", "localhost:1", "KAFKA_GLOBAL_SUFFIX", "-eu")::get);
    }
}
