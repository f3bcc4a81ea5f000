package io.mika.simulation;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What is done with the dead letter queue when nothing goes wrong any more. */
final class DlqEnding {
    private final World world;
    private final Calm calm;
    private final AtRest rest;
    private Replaying.@Nullable Run replay;

    DlqEnding(World world, Calm calm, AtRest rest) {
        this.world = world;
        this.calm = calm;
        this.rest = rest;
    }

    void play() {
        if (world.plan.failures().mayReplay() && world.choices.chance(50)) {
            replay();
        }
        if (world.plan.failures().hasDlq() && world.choices.chance(50)) {
            consumeDlq();
        }
    }

    void endDlqConsumption() {
        if (world.plan.failures().hasDlq()) {
            world.live().forEach(member -> member.dlqConsumption.disable());
            awaitCommands();
        }
    }

    private void awaitCommands() {
        calm.until(
                "the consumption of the dead letter queue was not switched",
                () -> world.live().stream().noneMatch(member -> member.dlqConsumption.hasCommands()));
    }

    /** One pass, which reads all that is there. */
    private void consumeDlq() {
        Map<TopicPartition, Long> ends = new HashMap<>(); // what is written from now on may be left for a later pass
        world.partitions(World.DLQ)
                .forEach(partition ->
                        ends.put(partition, world.kafka.partition(partition).end()));
        world.live().forEach(member -> member.dlqConsumption.enable());
        awaitCommands();
        calm.until(
                "not all of the dead letter queue was settled and committed",
                () -> ends.entrySet().stream().allMatch(end -> rest.isThrough(end.getKey(), end.getValue())));
        endDlqConsumption();
        calm.until("not everything was settled and committed after a pass over the dead letter queue", rest::isThrough);
    }

    /** One replay of all that is there; another one, of somebody that died, may have to be waited for. */
    private void replay() {
        long number = world.logs.numbers();
        calm.until("no replay came to its end", this::replays);
        for (TopicPartition partition : world.partitions(World.DLQ)) {
            PartitionTruth.Entry left = world.logs.truth(partition).firstLeftByReplay(number);
            if (left != null) {
                throw world.violate("a replay of all left out " + left + ": " + left.copy);
            }
        }
        calm.until("not everything was settled and committed after a replay", rest::isThrough);
    }

    private boolean replays() {
        Replaying.Run run = replay;
        if (run == null || (run.isOver() && !run.isComplete())) {
            replay = world.replaying.beginAll(world.live().get(0));
            return false;
        }
        return run.isComplete();
    }
}
