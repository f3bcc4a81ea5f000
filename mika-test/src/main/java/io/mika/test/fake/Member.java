package io.mika.test.fake;

import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** A member of a group, as the coordinator knows it. Equal only to itself. */
final class Member {

    final String id;
    final long maxPollInterval;
    final long sessionTimeout;

    /** What it subscribed to. */
    Set<String> topics;

    /** What it owns, after its callbacks, and since which generation; for others not free until it let go. */
    private final SortedMap<TopicPartition, Integer> owned = new TreeMap<>(Topics.ORDER);

    /** What it is to own. */
    SortedSet<TopicPartition> target = new TreeSet<>(Topics.ORDER);

    /** The generation, or member epoch, that it knows. */
    int generation = -1;

    /** Classic: has asked to join the next generation and not yet heard of it. */
    boolean joining;

    /** Classic: its part of the last round waits for it; it takes it even if the next round has begun. */
    boolean offered;

    /** The coordinator threw it out, or it left. */
    boolean gone;

    /** It left by itself, for want of polls; with the consumer protocol it commits as a stranger from then on. */
    boolean left;

    /** Inside of poll, where time may pass without harm. */
    boolean polling;

    long lastPoll;

    /** When its process died, or never. */
    long crashedAt = Agenda.NEVER;

    Member(String id, Set<String> topics, long maxPollInterval, long sessionTimeout, long now) {
        this.id = id;
        this.topics = topics;
        this.maxPollInterval = maxPollInterval;
        this.sessionTimeout = sessionTimeout;
        this.lastPoll = now;
    }

    boolean wants(TopicPartition partition) {
        return topics.contains(partition.topic());
    }

    Set<TopicPartition> owned() {
        return owned.keySet();
    }

    void own(SortedSet<TopicPartition> partitions) {
        owned.keySet().retainAll(partitions);
        partitions.forEach(partition -> owned.putIfAbsent(partition, generation));
    }

    /** Whether it owned this partition in that generation, and has since. */
    boolean ownsSince(TopicPartition partition, int since) {
        Integer from = owned.get(partition);
        return from != null && from <= since;
    }

    boolean overdue(long now) {
        return crashedAt == Agenda.NEVER
                ? !polling && now - lastPoll > maxPollInterval
                : now - crashedAt > sessionTimeout;
    }

    @Override
    public String toString() {
        return id;
    }
}
