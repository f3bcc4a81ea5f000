package io.mika.simulation;

import java.util.HashMap;
import java.util.List;
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

    /** Whether passes are left to end by themselves, where that is different from any other pass. */
    boolean leavesPasses() {
        return !world.lives.isFirst(World.DLQ) && world.choices.chance(50);
    }

    /** What was begun with a queue that is gone since comes to an end, without anybody's doing. */
    void endOfFormerQueues(boolean leftPasses) {
        if (leftPasses) {
            calm.until(
                    "a pass over the dead letter queue did not end",
                    () -> world.live().stream().allMatch(this::isThrough));
        }
        calm.until("a replay of a dead letter queue that is gone did not end", world.replaying::formerAreOver);
    }

    private boolean isThrough(Member member) {
        List<TopicPartition> owned = world.partitions(World.DLQ).stream()
                .filter(partition -> {
                    Assignment assignment = member.assignments.get(partition);
                    return assignment != null && !assignment.ended;
                })
                .toList();
        return owned.isEmpty()
                || (member.dlqConsumption.isCompleted()
                        && owned.stream().allMatch(partition -> isOfToday(member, partition)));
    }

    /** Its owner takes it for what it is. */
    private boolean isOfToday(Member member, TopicPartition partition) {
        boolean mayLackText = world.turmoil.textRefused || world.logs.truth(partition).forgotten;
        return mayLackText
                || !member.heard.isUnawareOf(World.DLQ)
                || world.group()
                        .committed(partition)
                        .filter(commit -> commit.metadata().isEmpty()
                                || world.lives.read(partition, commit).isPresent())
                        .isPresent();
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
