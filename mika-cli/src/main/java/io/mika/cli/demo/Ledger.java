package io.mika.cli.demo;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Which records were published, handed to a handler, and acked: by id, not by count. Thread-safe. */
final class Ledger {
    private final IdSet published = new IdSet();
    private final IdSet seen = new IdSet();
    private final IdSet acked = new IdSet();
    private final AtomicLong nextId = new AtomicLong();
    private final LongAdder unconfirmed = new LongAdder();
    private final List<LongAdder> duplicates =
            Stream.generate(LongAdder::new).limit(Order.TOPICS.size()).toList();

    long takeId() {
        return nextId.getAndIncrement();
    }

    /** The brokers acknowledged the record. */
    void published(long id) {
        published.add(id);
    }

    /** The publish failed: the record may or may not be in the topic. */
    void unconfirmed() {
        unconfirmed.increment();
    }

    /** A handler was given the record. */
    void seen(long id) {
        if (!seen.add(id)) {
            duplicates.get(Order.topicOf(id)).increment();
        }
    }

    /** A handler's ack counted. */
    void acked(long id) {
        acked.add(id);
    }

    boolean everythingAcked() {
        return acked.size() >= published.size() && acked.containsAll(published);
    }

    boolean isPublished(long id) {
        return published.contains(id);
    }

    boolean isAcked(long id) {
        return acked.contains(id);
    }

    long ids() {
        return nextId.get();
    }

    long publishedCount() {
        return published.size();
    }

    long ackedCount() {
        return acked.size();
    }

    long inFlight() {
        return Math.max(0, seen.size() - acked.size());
    }

    long unconfirmedCount() {
        return unconfirmed.sum();
    }

    long duplicates(int topic) {
        return duplicates.get(topic).sum();
    }
}
