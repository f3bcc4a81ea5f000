package io.mika;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.mika.consumer.SendObserver;
import io.mika.error.ClientClosedException;
import io.mika.error.MikaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PublishingTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final GatedProducer producer = new GatedProducer();
    private final Publishing publishing = new Publishing("test", topic -> topic + "-eu", () -> producer);

    @Test
    void theSuffixIsAppendedToACopy() {
        publishing.open(Runnable::run, record -> null);
        RecordHeaders headers = new RecordHeaders(new RecordHeader[] {new RecordHeader("h", bytes("x"))});
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("orders", 2, 1_000L, bytes("key"), bytes("value"), headers);

        CompletableFuture<RecordMetadata> future = publishing.publish(record, null);

        assertThat(producer.history())
                .containsExactly(new ProducerRecord<>("orders-eu", 2, 1_000L, record.key(), record.value(), headers));
        assertThat(record.topic()).isEqualTo("orders");
        producer.completeNext();
        assertThat(future)
                .isCompletedWithValueMatching(metadata -> metadata.topic().equals("orders-eu"));
        assertThat(publishing.outstanding()).isZero();
    }

    @Test
    void withoutATimeoutTheCallersThreadSends() {
        publishing.open(Runnable::run, record -> null);

        CompletableFuture<RecordMetadata> future = publishing.publish(record("a"), null);

        assertThat(producer.threads).containsExactly(Thread.currentThread());
        assertThat(future).isNotDone();
    }

    @Test
    void withATimeoutAThreadOfTheClientSends() throws Exception {
        publishing.open(Runnable::run, record -> null);
        producer.answersAtOnce = true;

        CompletableFuture<RecordMetadata> future = publishing.publish(record("a"), LONG);

        assertThat(future.get(10, SECONDS).topic()).isEqualTo("orders-eu");
        assertThat(producer.threads.take()).isNotSameAs(Thread.currentThread());
    }

    @Test
    void futuresCompleteOnTheCallbackExecutor() {
        BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
        publishing.open(callbacks::add, record -> null);
        CompletableFuture<RecordMetadata> future = publishing.publish(record("a"), null);

        producer.completeNext();
        assertThat(future).isNotDone();

        callbacks.remove().run();
        assertThat(future).isCompleted();
    }

    @Test
    void errorsComeThroughTheFuture() {
        publishing.open(Runnable::run, record -> null);
        CompletableFuture<RecordMetadata> later = publishing.publish(record("a"), null);
        producer.errorNext(new RecordTooLargeException("4 MiB"));
        producer.sendException = new KafkaException("bad");
        CompletableFuture<RecordMetadata> atOnce = publishing.publish(record("b"), null);

        assertFails(later, RecordTooLargeException.class, "4 MiB");
        assertFails(atOnce, KafkaException.class, "bad");
        assertThat(publishing.outstanding()).isZero();
    }

    @Test
    void whatIsNotAcknowledgedInTimeIsUnknown() {
        publishing.open(Runnable::run, record -> null);

        CompletableFuture<RecordMetadata> future = publishing.publish(record("a"), SHORT);

        assertFails(
                future,
                TimeoutException.class,
                "the record for orders was given to the producer but not acknowledged within PT0.02S: whether it is"
                        + " written is unknown");
        assertThatNoException().isThrownBy(producer::completeNext);
    }

    @Test
    void whatIsNotSentInTimeIsNeverSent() throws Exception {
        publishing.open(Runnable::run, record -> null);
        CountDownLatch gate = producer.close("orders-eu");
        CompletableFuture<RecordMetadata> stuck = publishing.publish(record("a"), LONG);

        CompletableFuture<RecordMetadata> late = publishing.publish(record("b"), SHORT);

        assertFails(late, TimeoutException.class, "the record for orders was not sent within PT0.02S and will not be");
        producer.answersAtOnce = true;
        gate.countDown();
        stuck.get(10, SECONDS);
        publishing.publish(record("c"), LONG).get(10, SECONDS);
        assertThat(producer.history())
                .extracting(sent -> new String(sent.value(), UTF_8))
                .containsExactly("a", "c");
    }

    @Test
    void aTimeoutOfZeroSendsNothing() {
        publishing.open(Runnable::run, record -> null);

        assertFails(
                publishing.publish(record("a"), Duration.ZERO),
                TimeoutException.class,
                "the record for orders was not sent within PT0S and will not be");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void aTopicThatBlocksDelaysNoOther() throws Exception {
        publishing.open(Runnable::run, record -> null);
        producer.answersAtOnce = true;
        CountDownLatch gate = producer.close("orders-eu");
        CompletableFuture<RecordMetadata> stuck = publishing.publish(record("a"), LONG);

        publishing.publish(new ProducerRecord<>("payments", bytes("b")), LONG).get(10, SECONDS);

        assertThat(stuck).isNotDone();
        gate.countDown();
        stuck.get(10, SECONDS);
    }

    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        publishing.open(Runnable::run, record -> null);
        CountDownLatch gate = producer.close("orders-eu");
        CompletableFuture<RecordMetadata> large =
                publishing.publish(new ProducerRecord<>("orders", new byte[30 << 20]), LONG);

        assertFails(
                publishing.publish(new ProducerRecord<>("orders", new byte[5 << 20]), LONG),
                BufferExhaustedException.class,
                "the record for orders-eu was not sent: 10000 records or 33554432 bytes wait to be sent already");

        CompletableFuture<RecordMetadata> small = publishing.publish(record("a"), LONG);
        producer.answersAtOnce = true;
        gate.countDown();
        large.get(10, SECONDS);
        small.get(10, SECONDS);
        assertThat(publishing.outstanding()).isZero();
    }

    @Test
    void publishBeforeStartIsAMistake() {
        assertThatIllegalStateException()
                .isThrownBy(() -> publishing.publish(record("a"), null))
                .withMessage("publish before start(): the client has no producer yet");
    }

    @Test
    void publishAfterCloseFails() {
        publishing.open(Runnable::run, record -> null);
        publishing.close(Duration.ZERO);

        assertFails(publishing.publish(record("a"), null), ClientClosedException.class, "the client is closed");
        assertFails(publishing.publish(record("a"), LONG), ClientClosedException.class, "the client is closed");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void publishAfterACloseWithoutStartFails() {
        publishing.close(Duration.ZERO);

        assertFails(publishing.publish(record("a"), null), ClientClosedException.class, "the client is closed");
    }

    @Test
    void closingFailsWhatIsOutstanding() {
        publishing.open(Runnable::run, record -> null);
        CompletableFuture<RecordMetadata> sent = publishing.publish(record("a"), null);

        publishing.close(Duration.ofMillis(50));

        assertFails(
                sent,
                ClientClosedException.class,
                "the client is closed; whether the record for orders is written is unknown");
        assertThat(producer.closed()).isTrue();
    }

    @Test
    void closingFailsWhatWasNotSent() throws Exception {
        publishing.open(Runnable::run, record -> null);
        CountDownLatch gate = producer.close("orders-eu");
        CompletableFuture<RecordMetadata> stuck = publishing.publish(record("a"), LONG);
        producer.threads.take();
        CompletableFuture<RecordMetadata> waiting = publishing.publish(record("b"), LONG);

        publishing.close(Duration.ofMillis(50));

        assertFails(waiting, ClientClosedException.class, "the client is closed");
        assertFails(
                stuck,
                ClientClosedException.class,
                "the client is closed; whether the record for orders is written is unknown");
        gate.countDown();
    }

    @Test
    void whatKafkaSaysWhileClosingIsPassedOn() {
        publishing.open(Runnable::run, record -> null);
        CompletableFuture<RecordMetadata> future = publishing.publish(record("a"), null);
        producer.errorOnClose = new RecordTooLargeException("4 MiB");

        publishing.close(LONG);

        assertFails(future, RecordTooLargeException.class, "4 MiB");
    }

    @Test
    void closingLetsTheProducerFinish() {
        publishing.open(Runnable::run, record -> null);
        producer.finishesOnClose = true;
        CompletableFuture<RecordMetadata> sent = publishing.publish(record("a"), null);

        publishing.close(LONG);

        assertThat(sent).isCompleted();
    }

    @Test
    void aProducerThatHangsDoesNotHoldClosingUp() {
        publishing.open(Runnable::run, record -> null);
        producer.closeGate = new CountDownLatch(1);
        CompletableFuture<RecordMetadata> sent = publishing.publish(record("a"), null);

        publishing.close(Duration.ofMillis(50));

        assertThat(sent).isCompletedExceptionally();
        producer.closeGate.countDown();
    }

    @Test
    void aProducerThatCannotBeMadeIsAnError() {
        Publishing failing = new Publishing("test", topic -> topic, () -> {
            throw new KafkaException("Failed to construct", new IllegalArgumentException("no such host"));
        });

        assertThatExceptionOfType(MikaException.class)
                .isThrownBy(() -> failing.open(Runnable::run, record -> null))
                .withMessage("the producer cannot be made: no such host");
    }

    private static void assertFails(Future<?> future, Class<? extends Exception> type, String message) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> future.get(10, SECONDS))
                .havingCause()
                .isInstanceOf(type)
                .withMessage(message);
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>("orders", bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** A producer whose calls can be made to block. */
    @Test
    void aRecordIsShownToTheInterceptorsBeforeItIsSentAndItsOutcomeBeforeTheCallerHearsOfIt() {
        List<String> notes = new ArrayList<>();
        publishing.open(Runnable::run, record -> {
            notes.add("sending to " + record.topic());
            record.headers().add("trace", bytes("x"));
            return observer(notes);
        });
        ProducerRecord<byte[], byte[]> record = record("orders");

        var unused = publishing.publish(record, null).thenAccept(where -> notes.add("the caller: " + where));
        assertThat(producer.history().get(0).headers().lastHeader("trace")).isNotNull();
        assertThat(record.headers()).isEmpty();
        producer.completeNext();

        assertThat(notes).containsExactly("sending to orders-eu", "sent to orders-eu-0@0", "the caller: orders-eu-0@0");
    }

    @Test
    void anInterceptorHearsOfWhatWasNotWritten() {
        List<String> notes = new ArrayList<>();
        publishing.open(Runnable::run, record -> observer(notes));

        var refused = publishing.publish(record("orders"), null);
        producer.errorNext(new RecordTooLargeException("4 MiB"));
        var expired = publishing.publish(record("orders"), Duration.ZERO);
        var cutOff = publishing.publish(record("orders"), null);
        publishing.close(Duration.ZERO);

        assertThat(List.of(refused, expired, cutOff)).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(notes)
                .containsExactly(
                        "not sent: RecordTooLargeException",
                        "not sent: TimeoutException",
                        "not sent: UnknownOutcomeException");
    }

    private static SendObserver observer(List<String> notes) {
        return new SendObserver() {
            @Override
            public void sent(RecordMetadata where) {
                notes.add("sent to " + where);
            }

            @Override
            public void failed(Throwable error) {
                notes.add("not sent: " + error.getClass().getSimpleName());
            }
        };
    }

    private static final class GatedProducer extends MockProducer<byte[], byte[]> {
        final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        volatile boolean answersAtOnce;
        volatile boolean finishesOnClose;
        volatile @Nullable CountDownLatch closeGate;
        volatile @Nullable RuntimeException errorOnClose;
        private volatile String gatedTopic = "";
        private volatile CountDownLatch gate = new CountDownLatch(0);

        GatedProducer() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        /** From now on {@code send} blocks for this topic, as for missing metadata. */
        CountDownLatch close(String topic) {
            gate = new CountDownLatch(1);
            gatedTopic = topic;
            return gate;
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it blocks
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            threads.add(Thread.currentThread());
            if (record.topic().equals(gatedTopic)) {
                awaitUninterrupted(gate);
            }
            Future<RecordMetadata> sent = super.send(record, callback);
            if (answersAtOnce) {
                completeNext();
            }
            return sent;
        }

        @Override
        public void close(Duration timeout) {
            if (closeGate != null) {
                awaitUninterrupted(closeGate);
            }
            if (finishesOnClose) {
                completeNext();
            }
            if (errorOnClose != null) {
                errorNext(errorOnClose);
            }
            super.close(timeout);
        }

        private static void awaitUninterrupted(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
