package io.mika.cli.demo;

import io.mika.consumer.Settlement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Which records were published, handed to a handler, and settled, as this process saw it: by id, not by count.
 * Thread-safe.
 */
final class Ledger {
    private static final int ATTEMPTS = Fate.RETRIES + 1;

    private final IdSet published = new IdSet();
    private final List<IdSet> seen = Stream.generate(IdSet::new).limit(ATTEMPTS).toList();
    private final IdSet acked = new IdSet();
    private final IdSet deadLettered = new IdSet();
    private final LongAdder retried = new LongAdder();
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

    /** A handler was given the record, at this attempt, from 1. */
    void seen(long id, int attempt) {
        if (!seen.get(Math.min(attempt, ATTEMPTS) - 1).add(id)) {
            duplicates.get(Order.topicOf(id)).increment();
        }
    }

    /** What came of an attempt. */
    void settled(long id, Settlement settlement) {
        switch (settlement) {
            case ACKED -> acked.add(id);
            case DEAD_LETTERED -> deadLettered.add(id);
            case RETRIED -> retried.increment();
            case RETRIED_IN_PLACE, ALREADY_SETTLED, NOT_OWNED -> {} // nothing came of it here
        }
    }

    boolean everythingSettled() {
        return acked.size() + deadLettered.size() >= published.size() && IdSet.cover(published, acked, deadLettered);
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

    /** As handlers were told; the closing account looks into the queue itself. */
    long deadLetteredCount() {
        return deadLettered.size();
    }

    /** Hops through the retry topic. */
    long retriedCount() {
        return retried.sum();
    }

    /** Given to a handler and neither acked nor dead-lettered; also while they wait for a retry. */
    long inFlight() {
        return Math.max(0, seen.get(0).size() - acked.size() - deadLettered.size());
    }

    long unconfirmedCount() {
        return unconfirmed.sum();
    }

    long duplicates(int topic) {
        return duplicates.get(topic).sum();
    }
}
