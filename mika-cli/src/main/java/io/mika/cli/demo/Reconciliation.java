package io.mika.cli.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The closing account: each published id is looked for among the acked ones and in the dead letter queue, and what is in
 * neither among those that the group has yet to commit. Immutable.
 *
 * @param topics in the order of {@link Order#TOPICS}
 * @param unconfirmed publishes that failed, so that nobody knows whether the record was written
 */
record Reconciliation(Map<String, Figures> topics, long unconfirmed) {

    /** Once nothing is published, handed out or settled any more. */
    static Reconciliation of(Ledger ledger, Findings findings, double failRate) {
        Map<String, Figures> topics = new LinkedHashMap<>();
        for (int topic = 0; topic < Order.TOPICS.size(); topic++) {
            topics.put(Order.TOPICS.get(topic), figures(ledger, findings, failRate, topic));
        }
        return new Reconciliation(topics, ledger.unconfirmedCount());
    }

    Figures total() {
        return topics.values().stream().reduce(Figures.NONE, Figures::plus);
    }

    /** Whether every record that was sent was acknowledged by the brokers, and then settled as it should be. */
    boolean isComplete() {
        return total().isComplete() && unconfirmed == 0;
    }

    private static Figures figures(Ledger ledger, Findings findings, double failRate, int topic) {
        long published = 0;
        long acked = 0;
        long deadLettered = 0;
        long retried = 0;
        long leftInFlight = 0;
        long misrouted = 0;
        for (long id = topic; id < ledger.ids(); id += Order.TOPICS.size()) {
            if (!ledger.isPublished(id)) {
                continue;
            }
            boolean isAcked = ledger.isAcked(id);
            boolean isDeadLettered = findings.isDeadLettered(id);
            boolean isDoomed = Fate.of(id, failRate).isDoomed();
            published++;
            acked += isAcked ? 1 : 0;
            deadLettered += isDeadLettered && !isAcked ? 1 : 0;
            leftInFlight += !isAcked && !isDeadLettered && findings.isDue(id) ? 1 : 0;
            retried += findings.isRetried(id) ? 1 : 0;
            misrouted += isDoomed ? (isAcked ? 1 : 0) : isDeadLettered ? 1 : 0;
        }
        return new Figures(
                published,
                acked,
                deadLettered,
                retried,
                ledger.duplicates(topic),
                published - acked - deadLettered - leftInFlight,
                leftInFlight,
                findings.uncommitted(topic),
                misrouted);
    }
}
