package io.mika.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A handler call that does not return, and what is published meanwhile: whatever need not wait for it must not. */
final class SlowCall {
    private final World world;
    private final String id;
    private final TopicPartition partition;
    private final @Nullable String key;
    private final List<Other> others = new ArrayList<>();
    private boolean begun;
    private boolean returned;

    private record Other(TopicPartition partition, long offset, String id) {}

    /** Publishes the record whose call it is. */
    SlowCall(World world, TopicPartition partition) {
        this.world = world;
        this.partition = partition;
        this.key = world.choices.chance(50) ? null : "slow";
        this.id = world.append(partition, key).id;
    }

    /** Whether there is room for others, and a thread. */
    static boolean showsSomething(Plan plan) {
        return plan.consumer().concurrency() > 1
                && plan.consumer().maxInFlight() >= 4
                && plan.limits().laneRecords() >= 8
                && plan.limits().laneBytes() >= 4000
                && plan.limits().clientRecords() >= 100
                && plan.limits().clientBytes() >= 4000;
    }

    boolean isOf(Polled record) {
        return record.id.equals(id);
    }

    /** Within the call. */
    void begins() {
        begun = true;
        if (key != null) {
            var unused = world.append(partition, key); // waits, where the order is by key
        }
        for (TopicPartition each : world.partitions()) {
            boolean mustWait = each.equals(partition) && world.plan.consumer().keepsPartitionOrder();
            if (!mustWait) {
                publish(each, null);
                publish(each, "other");
            }
        }
    }

    private void publish(TopicPartition to, @Nullable String key) {
        PartitionTruth.Entry entry = world.append(to, key);
        others.add(new Other(to, entry.offset, entry.id));
    }

    boolean hasBegun() {
        return begun;
    }

    boolean areOthersThrough() {
        return others.stream().allMatch(other -> world.truth(other.partition()).isAcked(other.id(), other.offset()));
    }

    void returns() {
        returned = true;
    }

    boolean hasReturned() {
        return returned;
    }
}
