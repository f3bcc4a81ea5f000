package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
    private static final int RECORDS = 9;

    private final Ledger ledger = new Ledger();
    private final Tail tail = new Tail();

    @Test
    void whatIsPublishedAndAckedIsComplete() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::handle);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics()).containsOnlyKeys("orders", "payments", "shipments");
        assertThat(reconciliation.topics().get("payments")).isEqualTo(new Figures(3, 3, 0, 0, 0, 0));
        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 9, 0, 0, 0, 0));
        assertThat(reconciliation.isComplete()).isTrue();
    }

    @Test
    void aRecordThatTheGroupHasPassedWithoutAnAckIsLost() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::handle);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("orders")).isEqualTo(new Figures(3, 2, 0, 1, 0, 0));
        assertThat(reconciliation.total().lost()).isEqualTo(1);
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void aRecordWithoutAnAckThatTheGroupHasNotCommittedIsLeftInFlight() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::handle);
        tail.add(0);
        tail.add(3);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("orders")).isEqualTo(new Figures(3, 2, 0, 0, 1, 2));
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void acksOfOthersDoNotMakeUpForOneThatIsMissing() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::handle);
        LongStream.range(1, RECORDS).forEach(this::handle);

        assertThat(ledger.everythingAcked()).isFalse();
        assertThat(reconcile().total()).isEqualTo(new Figures(9, 8, 8, 1, 0, 0));
    }

    @Test
    void aRecordThatIsSeenTwiceIsADuplicateAndNotLost() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::handle);
        handle(4);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("payments")).isEqualTo(new Figures(3, 3, 1, 0, 0, 0));
        assertThat(reconciliation.isComplete()).isTrue();
    }

    @Test
    void aRecordWhosePublishFailedIsNeitherPublishedNorLost() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::handle);
        long unknown = ledger.takeId();
        ledger.unconfirmed();
        handle(unknown);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 9, 0, 0, 0, 0));
        assertThat(reconciliation.unconfirmed()).isEqualTo(1);
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void nothingPublishedIsNotComplete() {
        assertThat(reconcile().isComplete()).isFalse();
    }

    private void publish() {
        for (int i = 0; i < RECORDS; i++) {
            ledger.published(ledger.takeId());
        }
    }

    private void handle(long id) {
        ledger.seen(id);
        ledger.acked(id);
    }

    private Reconciliation reconcile() {
        return Reconciliation.of(ledger, tail);
    }
}
