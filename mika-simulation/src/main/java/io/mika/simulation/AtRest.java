package io.mika.simulation;

import io.mika.event.Explanation;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Whether there is nothing left to do, and what is shown then. */
final class AtRest {
    private final World world;

    AtRest(World world) {
        this.world = world;
    }

    /** Every partition is read by somebody, from where it begins. */
    boolean haveBegun() {
        keepSomebodyAlive();
        return world.live().stream().allMatch(member -> !member.isClosing() && isInGroup(member))
                && owned() == consumed().size()
                && consumed().stream().allMatch(this::hasBegun);
    }

    private void keepSomebodyAlive() {
        if (world.live().isEmpty()) {
            var unused = world.join();
        }
    }

    private boolean hasBegun(TopicPartition partition) {
        return world.live().stream()
                .map(member -> member.assignments.get(partition))
                .anyMatch(assignment -> assignment != null && !assignment.ended && assignment.running);
    }

    /** Everything is settled and committed. */
    boolean isThrough() {
        keepSomebodyAlive();
        for (TopicPartition partition : consumed()) {
            long end = world.kafka.partition(partition).end();
            if (world.committed(partition) != end || !isThrough(partition, end)) {
                return false;
            }
        }
        return haveBegun() && world.live().stream().allMatch(Member::hasNothingToWrite);
    }

    boolean isThrough(TopicPartition partition, long end) {
        return world.committed(partition) >= end && world.logs.truth(partition).firstLostBelow(end, true) == null;
    }

    /** What is read for as long as anybody lives: all but the dead letter queue. */
    List<TopicPartition> consumed() {
        List<TopicPartition> consumed = world.partitions();
        if (world.plan.failures().retryTopic() != null) {
            consumed.addAll(world.partitions(World.RETRY));
        }
        return consumed;
    }

    /** One that was thrown out may not have heard of it. */
    private boolean isInGroup(Member member) {
        return world.group().members().containsKey(member.memberId());
    }

    private int owned() {
        int owned = 0;
        for (Member member : world.live()) {
            Set<TopicPartition> of = world.group().members().get(member.memberId());
            owned += of == null
                    ? 0
                    : (int) of.stream().filter(partition -> !isDlq(partition)).count();
        }
        return owned;
    }

    private static boolean isDlq(TopicPartition partition) {
        return partition.topic().equals(World.DLQ);
    }

    String state() {
        StringBuilder state = new StringBuilder();
        for (TopicPartition partition : world.allPartitions()) {
            state.append(partition)
                    .append(" committed ")
                    .append(world.committed(partition))
                    .append(" of ")
                    .append(world.kafka.partition(partition).end());
            PartitionTruth.Entry lost = world.logs
                    .truth(partition)
                    .firstLostBelow(world.kafka.partition(partition).end(), true);
            state.append(lost == null ? ", " : " and nobody settled @" + lost.offset + " " + lost.of + ", ");
        }
        return state.append("owned ")
                .append(world.group().members())
                .append(", live ")
                .append(world.live())
                .toString();
    }

    /** Whether what is shown of each partition is what is there. */
    boolean isShown() {
        for (Member member : world.live()) {
            for (Explanation.Partition shown : member.explain().partitions()) {
                long end = world.kafka.partition(shown.partition()).end();
                if (!isDlq(shown.partition()) && !agrees(shown, end)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean agrees(Explanation.Partition shown, long end) {
        return shown.watermark() == end
                && shown.lastCommit().orElse(-1) == end
                && shown.inFlight() == 0
                && shown.lag().orElse(0) == 0
                && shown.unremembered() == 0
                && shown.oldestOpen().isEmpty()
                && shown.pausedBy().isEmpty();
    }
}
