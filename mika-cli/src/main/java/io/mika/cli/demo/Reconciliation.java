package io.mika.cli.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The closing account: each published id is looked for among the acked ones, and what is not there among those that
 * the group has yet to commit. Immutable.
 *
 * @param topics in the order of {@link Order#TOPICS}
 * @param unconfirmed publishes that failed, so that nobody knows whether the record was written
 */
record Reconciliation(Map<String, Figures> topics, long unconfirmed) {

    /** Once nothing is published, handed out or acked any more. */
    static Reconciliation of(Ledger ledger, Tail tail) {
        Map<String, Figures> topics = new LinkedHashMap<>();
        for (int topic = 0; topic < Order.TOPICS.size(); topic++) {
            topics.put(Order.TOPICS.get(topic), figures(ledger, tail, topic));
        }
        return new Reconciliation(topics, ledger.unconfirmedCount());
    }

    Figures total() {
        return topics.values().stream().reduce(Figures.NONE, Figures::plus);
    }

    /** Whether every record that was sent was acknowledged by the brokers, and then acked by a handler. */
    boolean isComplete() {
        Figures total = total();
        return total.published() > 0 && total.lost() == 0 && total.leftInFlight() == 0 && unconfirmed == 0;
    }

    private static Figures figures(Ledger ledger, Tail tail, int topic) {
        long published = 0;
        long acked = 0;
        long leftInFlight = 0;
        for (long id = topic; id < ledger.ids(); id += Order.TOPICS.size()) {
            if (!ledger.isPublished(id)) {
                continue;
            }
            published++;
            if (ledger.isAcked(id)) {
                acked++;
            } else if (tail.contains(id)) {
                leftInFlight++;
            }
        }
        long lost = published - acked - leftInFlight;
        return new Figures(published, acked, ledger.duplicates(topic), lost, leftInFlight, tail.records(topic));
    }
}
