package io.mika.simulation;

import io.mika.engine.Stepper;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;

/** One client's passes over the dead letter queue: whether it is told to make them, and how far each goes. */
final class DlqConsumption {
    private final World world;
    private final Member member;
    private final Stepper stepper;
    /** Where each partition ended when the latest pass was about to begin. */
    private final Map<TopicPartition, Long> bounds = new HashMap<>();

    /** Of which of the queues of that name these are. */
    private int life;

    private int commands;
    private boolean subscribed;
    private boolean completed;

    DlqConsumption(World world, Member member, Stepper stepper) {
        this.world = world;
        this.member = member;
        this.stepper = stepper;
    }

    void enable() {
        world.note(() -> member + " is to consume the dead letter queue");
        watch(stepper.enableDlqConsumption());
    }

    void disable() {
        world.note(() -> member + " is to consume the dead letter queue no longer");
        watch(stepper.disableDlqConsumption());
    }

    private void watch(CompletableFuture<Void> command) {
        member.expects(command);
        commands++;
        var unused = command.whenComplete((nothing, error) -> {
            commands--;
            world.note(() -> member + " has done as told" + (error == null ? "" : ", but for " + error));
        });
    }

    /** Whether something that it was told is not done yet. */
    boolean hasCommands() {
        return commands > 0;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    /** The pass that is about to begin goes no further than this. */
    void subscribes(Collection<String> to) {
        world.note(() -> member + " subscribes to " + to);
        subscribed = to.contains(World.DLQ);
        if (subscribed) {
            bounds.clear();
            life = world.lives.now(World.DLQ);
            completed = false;
            for (TopicPartition partition : world.partitions(World.DLQ)) {
                bounds.put(partition, world.kafka.partition(partition).end());
            }
        }
    }

    /** Where the latest pass ends: in another queue than its own at once, as soon as its client knows. */
    long bound(TopicPartition partition) {
        if (member.heard.isUnawareOf(World.DLQ)) {
            return Long.MAX_VALUE;
        }
        return life == world.lives.now(World.DLQ) ? bounds.getOrDefault(partition, 0L) : 0;
    }

    /** It is told that the latest pass is through, as far as it goes here. */
    void completes() {
        completed = true;
    }

    boolean isCompleted() {
        return completed;
    }
}
