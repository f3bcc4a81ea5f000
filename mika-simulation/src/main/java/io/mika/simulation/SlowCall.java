package io.mika.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A handler call that does not return, and what is published meanwhile: whatever need not wait for it must not. */
final class SlowCall {
    /** Records that nothing holds back are handed out sooner than that. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final World world;
    private final Calm calm;
    private final TopicPartition partition;
    private final byte @Nullable [] key;
    private final Published record;
    private final List<Published> others = new ArrayList<>();
    private boolean begun;
    private boolean returned;

    /** Publishes the record whose call it is. */
    SlowCall(World world, Calm calm) {
        this.world = world;
        this.calm = calm;
        this.partition = world.choices.one(world.partitions(World.TOPIC));
        this.key = world.choices.chance(50) ? null : World.bytes("slow");
        this.record = world.append(partition, key);
    }

    /** Whether there is room for others, and a thread; and no outage that may begin, since nothing is acked. */
    static boolean showsSomething(Plan plan) {
        return plan.breaker() == null
                && plan.orders().concurrency() > 1
                && plan.orders().maxInFlight() >= 4
                && plan.limits().laneRecords() >= 8
                && plan.limits().laneBytes() >= 4000
                && plan.limits().clientRecords() >= 100
                && plan.limits().clientBytes() >= 4000;
    }

    /** Whether it is this call that begins. */
    boolean takes(List<Polled> records) {
        return !begun && records.stream().anyMatch(each -> each.place.of == record);
    }

    /** Within the call. */
    void lasts() {
        begun = true;
        publish();
        calm.soon(
                "what need not wait for a slow call was not settled",
                PATIENCE.plus(world.plan.orders().batchWait())
                        .plus(world.plan.drainTimeout()), // which a rebalance waits
                this::areOthersThrough);
        returned = true;
    }

    private void publish() {
        if (key != null) {
            var unused = world.append(partition, key); // waits, where the order is by key
        }
        for (TopicPartition each : world.partitions(World.TOPIC)) {
            boolean mustWait = each.equals(partition) && world.plan.orders().keepsPartitionOrder();
            if (!mustWait) {
                publish(each, null);
                publish(each, "other");
            }
        }
    }

    private void publish(TopicPartition to, @Nullable String key) {
        others.add(world.append(to, key == null ? null : World.bytes(key)));
    }

    private boolean areOthersThrough() {
        for (Published other : others) {
            if (!other.first().acked) {
                return false;
            }
        }
        return true;
    }

    boolean hasReturned() {
        return returned;
    }
}
