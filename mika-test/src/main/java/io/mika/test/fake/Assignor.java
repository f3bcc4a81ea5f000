package io.mika.test.fake;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Deals out partitions: each member keeps what it has as long as nobody has two more than another. */
final class Assignor {

    private Assignor() {}

    /**
     * The new owners.
     *
     * @param members who takes part, in the order that decides between equals
     * @param partitions what there is to own
     * @param owners who has what so far; entries of others are ignored
     */
    static Map<TopicPartition, Member> assign(
            Collection<Member> members, SortedSet<TopicPartition> partitions, Map<TopicPartition, Member> owners) {
        Map<TopicPartition, Member> assigned = new TreeMap<>(Topics.ORDER);
        for (TopicPartition partition : partitions) {
            Member owner = owners.get(partition);
            if (owner != null && members.contains(owner) && owner.wants(partition)) {
                assigned.put(partition, owner);
            }
        }
        for (TopicPartition partition : partitions) {
            if (!assigned.containsKey(partition)) {
                members.stream()
                        .filter(member -> member.wants(partition))
                        .min(Comparator.comparingInt(member -> count(assigned, member)))
                        .ifPresent(member -> assigned.put(partition, member));
            }
        }
        while (moveOne(members, assigned)) {}
        return assigned;
    }

    /** Moves one partition from who has most to somebody who has at least two less, if there is such a pair. */
    private static boolean moveOne(Collection<Member> members, Map<TopicPartition, Member> assigned) {
        List<Member> byLoad = members.stream()
                .sorted(Comparator.comparingInt((Member member) -> count(assigned, member)))
                .toList();
        for (int from = byLoad.size() - 1; from > 0; from--) {
            Member giver = byLoad.get(from);
            for (Member taker : byLoad.subList(0, from)) {
                if (count(assigned, giver) - count(assigned, taker) < 2) {
                    break;
                }
                for (Map.Entry<TopicPartition, Member> entry : assigned.entrySet()) {
                    if (entry.getValue() == giver && taker.wants(entry.getKey())) {
                        entry.setValue(taker);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static int count(Map<TopicPartition, Member> assigned, Member member) {
        return (int) assigned.values().stream().filter(member::equals).count();
    }
}
