package io.mika.consumer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HandlersTest {
    private final RecordedDelivery delivery = RecordedDelivery.of("42");

    @Test
    void autoAckAcksWhenTheHandlerReturns() throws Exception {
        Handlers.autoAck(d -> assertThat(delivery.settlements).isEmpty()).handle(delivery);

        assertThat(delivery.settlements).containsExactly("acked");
    }

    @Test
    void autoAckLeavesAThrowToTheClient() {
        IOException thrown = new IOException("disk");

        assertThat(catchThrowable(() -> Handlers.autoAck(d -> {
                            throw thrown;
                        })
                        .handle(delivery)))
                .isSameAs(thrown);
        assertThat(delivery.settlements).isEmpty();
    }

    @Test
    void autoAckDoesNotAckWhatTheHandlerFailed() throws Exception {
        Handlers.autoAck(d -> assertThat(d.fail("no")).isCompletedExceptionally())
                .handle(delivery);

        assertThat(delivery.settlements).containsExactly("failed");
    }

    @Test
    void asyncAcksWhenTheStageCompletes() throws Exception {
        Handlers.async(d -> CompletableFuture.completedStage("done")).handle(delivery);

        assertThat(delivery.settlements).containsExactly("acked");
    }

    @Test
    void anAsyncCallLastsUntilTheStageCompletes() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CountDownLatch began = new CountDownLatch(1);
        FutureTask<Void> call = new FutureTask<>(() -> {
            Handlers.async(d -> {
                        began.countDown();
                        return stage;
                    })
                    .handle(delivery);
            return null;
        });
        new Thread(call).start();
        assertThat(began.await(10, SECONDS)).isTrue();
        assertThat(call).isNotDone();
        assertThat(delivery.settlements).isEmpty();

        stage.complete("done");

        call.get(10, SECONDS);
        assertThat(delivery.settlements).containsExactly("acked");
    }

    @Test
    void asyncFailsWithWhatTheStageFailedWith() throws Exception {
        IOException reason = new IOException("disk");
        CompletableFuture<?> stage =
                CompletableFuture.failedFuture(new CompletionException(new ExecutionException(reason)));

        Handlers.async(d -> stage).handle(delivery);

        assertThat(delivery.reasons).containsExactly(reason);
    }

    @Test
    void asyncDoesNotAckWhatTheHandlerFailed() throws Exception {
        Handlers.async(d -> {
                    assertThat(d.fail("no")).isCompletedExceptionally();
                    return CompletableFuture.completedStage(null);
                })
                .handle(delivery);

        assertThat(delivery.settlements).containsExactly("failed");
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tested
    void anAsyncHandlerWithoutAStageFails() {
        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> Handlers.async(d -> null).handle(delivery))
                .withMessage("the handler returned no stage");
    }

    @Test
    void anInterruptEndsTheWaitAndTheStageSettlesLater() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> Handlers.async(d -> stage).handle(delivery));
        assertThat(delivery.settlements).isEmpty();

        stage.complete("done");
        assertThat(delivery.settlements).containsExactly("acked");
    }

    @Test
    void typedHandsOverTheDecodedValue() throws Exception {
        List<@Nullable String> values = new ArrayList<>();

        Handlers.typed(new StringDeserializer(), (Delivery d, @Nullable String value) -> values.add(value))
                .handle(delivery);

        assertThat(values).containsExactly("42");
        assertThat(delivery.settlements).isEmpty();
    }

    @Test
    void typedDecodesByTheTopicThatTheConsumerIsBoundTo() throws Exception {
        List<String> topics = new ArrayList<>();
        Deserializer<String> deserializer = new Deserializer<>() {
            @Override
            public String deserialize(String topic, byte[] data) {
                throw new AssertionError("without headers");
            }

            @Override
            public String deserialize(String topic, Headers headers, byte[] data) {
                assertThat(headers).isSameAs(delivery.record().headers());
                topics.add(topic);
                return "";
            }
        };

        Handlers.typed(deserializer, (d, value) -> {}).handle(delivery);

        assertThat(topics).containsExactly("orders");
    }

    @Test
    void aNullValueIsNotDecoded() throws Exception {
        Deserializer<Integer> deserializer = (topic, data) -> {
            throw new AssertionError("asked to decode nothing");
        };
        List<@Nullable Integer> values = new ArrayList<>();

        Handlers.typed(deserializer, (Delivery d, @Nullable Integer value) -> values.add(value))
                .handle(RecordedDelivery.of(null));

        assertThat(values).hasSize(1).containsOnlyNulls();
    }

    @Test
    void anUndecodableRecordFailsAndIsNeverRetryable() {
        SerializationException cause = new SerializationException("no such schema");
        Deserializer<Integer> deserializer = (topic, data) -> {
            throw cause;
        };

        Throwable thrown = catchThrowable(() -> Handlers.typed(deserializer, (d, value) -> {
                    throw new AssertionError("handled");
                })
                .handle(delivery));

        assertThat(thrown)
                .isInstanceOf(RecordDeserializationException.class)
                .hasCause(cause)
                .hasMessage("value of orders.eu-3@17 cannot be decoded: " + cause);
        assertThat(ConsumerOptions.create().retryOn(Exception.class).isRetryable(thrown))
                .isFalse();
    }
}
