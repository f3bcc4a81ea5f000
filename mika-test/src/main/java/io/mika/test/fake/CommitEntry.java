package io.mika.test.fake;

import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One offset that the broker accepted, in the order in which it did. <i>Immutable.</i>
 *
 * @param atNanos when
 * @param group the group
 * @param member the member's id; empty for a client without membership and for a reset from outside
 * @param generation the generation (or member epoch) under which it was sent, -1 without membership
 * @param partition the partition
 * @param offset the offset with its leader epoch and text
 * @param ownedWhenSent whether the consumer had the partition assigned when it sent the commit
 */
public record CommitEntry(
        long atNanos,
        String group,
        String member,
        int generation,
        TopicPartition partition,
        OffsetAndMetadata offset,
        boolean ownedWhenSent) {

    /** Who commits, and what it owned when it sent the commit. */
    record Sender(String member, int generation, Set<TopicPartition> owned) {

        /** Not a member: an assigned consumer, or somebody from outside. */
        static final Sender STRANGER = new Sender("", -1, Set.of());
    }
}
