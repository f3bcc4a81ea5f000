package io.mika.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Settlement;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
    private static final int RECORDS = 9;

    /** At which exactly one of the records is doomed. */
    private static final double RATE = 0.15;

    private static final long DOOMED = LongStream.range(0, RECORDS)
            .filter(id -> Fate.of(id, RATE).isDoomed())
            .findFirst()
            .orElseThrow();

    private final Ledger ledger = new Ledger();
    private final Findings findings = new Findings();

    @Test
    void whatIsPublishedAndAckedIsComplete() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics()).containsOnlyKeys("orders", "payments", "shipments");
        assertThat(reconciliation.topics().get("payments")).isEqualTo(new Figures(3, 3, 0, 0, 0, 0, 0, 0, 0));
        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 9, 0, 0, 0, 0, 0, 0, 0));
        assertThat(reconciliation.isComplete()).isTrue();
    }

    @Test
    void aRecordThatTheGroupHasPassedWithoutAnAckIsLost() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::ack);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("orders")).isEqualTo(new Figures(3, 2, 0, 0, 0, 1, 0, 0, 0));
        assertThat(reconciliation.total().lost()).isEqualTo(1);
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void aRecordWithoutAnAckThatTheGroupHasNotCommittedIsLeftInFlight() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::ack);
        findings.addUncommitted(0);
        findings.addUncommitted(3);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("orders")).isEqualTo(new Figures(3, 2, 0, 0, 0, 0, 1, 2, 0));
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void acksOfOthersDoNotMakeUpForOneThatIsMissing() {
        publish();
        LongStream.range(1, RECORDS).forEach(this::ack);
        LongStream.range(1, RECORDS).forEach(this::ack);

        assertThat(ledger.everythingSettled()).isFalse();
        assertThat(reconcile().total()).isEqualTo(new Figures(9, 8, 0, 0, 8, 1, 0, 0, 0));
    }

    @Test
    void aRecordThatIsSeenTwiceIsADuplicateAndNotLost() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);
        ack(4);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.topics().get("payments")).isEqualTo(new Figures(3, 3, 0, 0, 1, 0, 0, 0, 0));
        assertThat(reconciliation.isComplete()).isTrue();
    }

    @Test
    void anotherAttemptIsNoDuplicate() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);
        ledger.seen(4, 2);
        findings.addRetried(4);

        assertThat(reconcile().total()).isEqualTo(new Figures(9, 9, 0, 1, 0, 0, 0, 0, 0));

        ledger.seen(4, 2);
        assertThat(reconcile().total().duplicates()).isEqualTo(1);
    }

    @Test
    void aRecordInTheDeadLetterQueueIsAccountedFor() {
        publish();
        ackAllBut(DOOMED);
        findings.addDeadLettered(DOOMED);

        Reconciliation reconciliation = reconcile(RATE);

        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 8, 1, 0, 0, 0, 0, 0, 0));
        assertThat(reconciliation.isComplete()).isTrue();
    }

    @Test
    void whatAHandlerWasToldDoesNotMakeUpForARecordThatTheQueueLacks() {
        publish();
        ackAllBut(DOOMED);
        ledger.settled(DOOMED, Settlement.DEAD_LETTERED);

        assertThat(ledger.everythingSettled()).isTrue();
        assertThat(reconcile(RATE).total()).isEqualTo(new Figures(9, 8, 0, 0, 0, 1, 0, 0, 0));
    }

    @Test
    void aRecordThatIsDeadLetteredWithoutNeedIsMisrouted() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);
        findings.addDeadLettered(2);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 9, 0, 0, 0, 0, 0, 0, 1));
        assertThat(reconciliation.isComplete()).isFalse();
    }

    @Test
    void aDoomedRecordThatIsAckedIsMisrouted() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);

        assertThat(reconcile(RATE).total().misrouted()).isEqualTo(1);
    }

    @Test
    void aRecordWhosePublishFailedIsNeitherPublishedNorLost() {
        publish();
        LongStream.range(0, RECORDS).forEach(this::ack);
        long unknown = ledger.takeId();
        ledger.unconfirmed();
        ack(unknown);

        Reconciliation reconciliation = reconcile();

        assertThat(reconciliation.total()).isEqualTo(new Figures(9, 9, 0, 0, 0, 0, 0, 0, 0));
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

    private void ackAllBut(long doomed) {
        LongStream.range(0, RECORDS).filter(id -> id != doomed).forEach(this::ack);
    }

    private void ack(long id) {
        ledger.seen(id, 1);
        ledger.settled(id, Settlement.ACKED);
    }

    private Reconciliation reconcile() {
        return reconcile(0);
    }

    private Reconciliation reconcile(double failRate) {
        return Reconciliation.of(ledger, findings, failRate);
    }
}
