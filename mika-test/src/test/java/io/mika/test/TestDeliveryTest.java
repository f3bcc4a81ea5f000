package io.mika.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.error.UnroutableFailureException;
import io.mika.record.Origin;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TestDeliveryTest {

    @Test
    void aHandlerThatAcksLeavesItAcked() throws Exception {
        DeliveryHandler handler = delivery -> delivery.ack();
        TestDelivery delivery = TestDelivery.of("orders", "key", "value");

        handler.handle(delivery);

        assertThat(delivery.isAcked()).isTrue();
        assertThat(delivery.settlement()).hasValue(Settlement.ACKED);
        assertThat(delivery.failureReason()).isEmpty();
    }

    @Test
    void itIsOpenUntilItIsSettled() {
        assertThat(TestDelivery.of("orders", null, null).settlement()).isEmpty();
    }

    @Test
    void theFirstSettlementWins() {
        TestDelivery delivery = TestDelivery.of("orders", "key", "value");

        assertThat(delivery.ack()).isEqualTo(Settlement.ACKED);
        assertThat(delivery.ack()).isEqualTo(Settlement.ALREADY_SETTLED);
        assertThat(delivery.fail("late")).isCompletedWithValue(Settlement.ALREADY_SETTLED);
        assertThat(delivery.failureReason()).isEmpty();
    }

    @Test
    void aFailureThatLeadsNowhereLeavesItOpen() {
        TestDelivery delivery = TestDelivery.of("orders", "key", "value");
        IllegalStateException reason = new IllegalStateException("no such customer");

        CompletableFuture<Settlement> failed = delivery.fail(reason);

        assertThat(failed)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UnroutableFailureException.class)
                .withCause(reason);
        assertThat(delivery.failureReason()).hasValue(reason);
        assertThat(delivery.settlement()).isEmpty();
        assertThat(delivery.ack()).isEqualTo(Settlement.ACKED);
    }

    @Test
    void aFailureLeadsWhereItWasSaid() {
        TestDelivery delivery =
                TestDelivery.builder("orders").failsTo(Settlement.DEAD_LETTERED).build();

        assertThat(delivery.fail("no such customer")).isCompletedWithValue(Settlement.DEAD_LETTERED);
        assertThat(delivery.settlement()).hasValue(Settlement.DEAD_LETTERED);
        assertThat(delivery.failureReason().orElseThrow()).hasMessage("no such customer");
    }

    @Test
    void noReasonIsUnknown() {
        TestDelivery byText = TestDelivery.of("orders", null, null);
        TestDelivery byException = TestDelivery.of("orders", null, null);

        assertThat(byText.fail((String) null)).isCompletedExceptionally();
        assertThat(byException.fail((Throwable) null)).isCompletedExceptionally();

        assertThat(byText.failureReason().orElseThrow()).hasMessage("unknown");
        assertThat(byException.failureReason().orElseThrow()).hasMessage("unknown");
    }

    @Test
    void whatWasTakenAwayIsNotOwned() {
        TestDelivery delivery = TestDelivery.of("orders", "key", "value");
        assertThat(delivery.isOwned()).isTrue();

        delivery.revoke();

        assertThat(delivery.isOwned()).isFalse();
        assertThat(delivery.ack()).isEqualTo(Settlement.NOT_OWNED);
        assertThat(delivery.fail("late")).isCompletedWithValue(Settlement.NOT_OWNED);
        assertThat(delivery.settlement()).hasValue(Settlement.NOT_OWNED);
    }

    @Test
    void aRetryBearsItsAttemptAndItsOrigin() {
        TestDelivery delivery = TestDelivery.builder("orders")
                .wireTopic("billing-retry.eu")
                .at(2, 17)
                .attempt(3)
                .source(Source.RETRY)
                .origin(new Origin("orders", 1, 5))
                .possiblyRedelivered()
                .build();

        assertThat(delivery.topic()).isEqualTo("orders");
        assertThat(delivery.record().topic()).isEqualTo("billing-retry.eu");
        assertThat(delivery.record().partition()).isEqualTo(2);
        assertThat(delivery.record().offset()).isEqualTo(17);
        assertThat(delivery.attempt()).isEqualTo(3);
        assertThat(delivery.source()).isEqualTo(Source.RETRY);
        assertThat(delivery.origin()).hasValue(new Origin("orders", 1, 5));
        assertThat(delivery.possiblyRedelivered()).isTrue();
    }

    @Test
    void itsOriginIsWhereItIsUnlessSaid() {
        assertThat(TestDelivery.builder("orders").at(2, 17).build().origin()).hasValue(new Origin("orders", 2, 17));
        assertThat(TestDelivery.builder("orders").withoutOrigin().build().origin())
                .isEmpty();
    }

    @Test
    void ofSeveralHeadersTheLastCounts() {
        TestDelivery delivery = TestDelivery.builder("orders")
                .header("trace", "a")
                .header("trace", "b")
                .header("empty", (String) null)
                .timestamp(42)
                .build();

        assertThat(delivery.header("trace")).hasValue("b");
        assertThat(delivery.header("empty")).isEmpty();
        assertThat(delivery.header("none")).isEmpty();
        assertThat(delivery.record().timestamp()).isEqualTo(42);
        assertThat(delivery.key()).isNull();
        assertThat(delivery.value()).isNull();
    }

    @Test
    void anyRecordCanBeDelivered() {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("orders", 2, 17, new byte[0], new byte[] {1});
        TestDelivery delivery = TestDelivery.of(record);

        assertThat(delivery.record()).isSameAs(record);
        assertThat(delivery.topic()).isEqualTo("orders");
        assertThat(delivery.origin()).hasValue(new Origin("orders", 2, 17));
    }

    @Test
    void anAttemptIsAtLeastTheFirst() {
        assertThatThrownBy(() -> TestDelivery.builder("orders").attempt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempt 0 is less than 1");
    }
}
