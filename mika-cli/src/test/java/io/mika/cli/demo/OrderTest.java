package io.mika.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 9_999_999, 12_345_678_901L})
    void anOrderIsReadBackFromItsRecord(long id) {
        ProducerRecord<byte[], byte[]> record = new Order(id).toRecord();

        assertThat(Order.read(record.value())).isEqualTo(new Order(id));
        assertThat(record.topic()).isEqualTo(Order.TOPICS.get(Order.topicOf(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "12", "x12 customer", "1-2 customer"})
    void somethingElseIsRefused(String value) {
        assertThatThrownBy(() -> Order.read(value.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + value + "\"");
    }

    @Test
    void aTombstoneIsRefused() {
        assertThatThrownBy(() -> Order.read(null)).isInstanceOf(IllegalArgumentException.class);
    }
}
