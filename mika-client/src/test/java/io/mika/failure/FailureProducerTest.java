package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailureProducerTest {
    private static final ProducerRecord<byte[], byte[]> RECORD = new ProducerRecord<>("dlq", new byte[1]);

    private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
    private final List<@Nullable Exception> answers = new ArrayList<>();
    private final FailureProducer producer = new FailureProducer(() -> {
        made.add(new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()));
        return made.get(made.size() - 1);
    });

    private void send() {
        producer.send(RECORD, (where, error) -> answers.add(error));
    }

    @Test
    void nothingIsMadeBeforeTheFirstWrite() {
        assertThat(made).isEmpty();
        send();
        send();
        assertThat(made).hasSize(1);
    }

    static List<RuntimeException> broken() {
        return List.of(
                new KafkaException("Cannot execute transactional method because we are in an error state"),
                new IllegalStateException("Cannot perform operation after producer has been closed"),
                new NullPointerException());
    }

    @ParameterizedTest
    @MethodSource("broken")
    void oneThatBrokeIsClosedAndTheNextWriteHasANewOne(RuntimeException error) {
        send();
        made.get(0).sendException = error;

        assertThatThrownBy(this::send).isSameAs(error);
        send();
        assertThat(made).hasSize(2);
        assertThat(made.get(0).closed()).isTrue();
        assertThat(made.get(1).history()).hasSize(1);
    }

    static List<RuntimeException> passing() {
        return List.of(new TimeoutException("no metadata"), new RecordTooLargeException("too large"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatTellsOfARecordOrTheBrokersReplacesNothing(RuntimeException error) {
        send();
        made.get(0).sendException = error;

        assertThatThrownBy(this::send).isSameAs(error);
        assertThatThrownBy(this::send).isSameAs(error);
        assertThat(made).hasSize(1);
    }

    @Test
    void aClosedOneTakesNothingAndMakesNothing() {
        producer.close(Duration.ofSeconds(1));

        assertThatThrownBy(this::send).isInstanceOf(KafkaException.class).hasMessage("the client is closed");
        assertThat(made).isEmpty();
    }

    @Test
    void closingClosesTheOneThereIs() {
        send();
        producer.close(Duration.ofSeconds(1));

        assertThat(made.get(0).closed()).isTrue();
        assertThatThrownBy(this::send).isInstanceOf(KafkaException.class);
        assertThat(made).hasSize(1);
    }
}
