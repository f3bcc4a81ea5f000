package io.mika.simulation;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** What can happen next, and how likely it is. */
final class Events {
    private final World world;
    private final Choices choices;

    Events(World world) {
        this.world = world;
        this.choices = world.choices;
    }

    void one() {
        happen(choices.pick(
                40, 25, 10, 6, 8, 12, 10, sending(), world.plan.trouble(), world.plan.switching(), recreating()));
    }

    /** Within another event. */
    void nested() {
        happen(choices.pick(
                20, 25, 20, 6, 8, 12, 6, sending(), world.plan.trouble() / 2, world.plan.switching(), recreating()));
    }

    private int sending() {
        return world.plan.failures().hasTopics() ? 30 : 0;
    }

    private int recreating() {
        return world.plan.recreates() ? 6 : 0;
    }

    /** Within another event, and without taking time of its own. */
    void instant() {
        switch (choices.pick(30, 30, 10)) {
            case 0 -> happen(1);
            case 1 -> happen(2);
            default -> happen(6);
        }
    }

    private void happen(int kind) {
        switch (kind) {
            case 0 -> step();
            case 1 -> task();
            case 2 -> {
                if (!world.pending.isEmpty()) {
                    world.pending.settleOne();
                }
            }
            case 3 -> callback();
            case 4 -> answer();
            case 5 -> time();
            case 6 -> append();
            case 7 -> send();
            case 9 -> switches();
            case 10 -> world.recreation.happen();
            default -> new Trouble(world).happen();
        }
    }

    private void step() {
        List<Member> idle = world.members.stream().filter(Member::maySteps).toList();
        if (!idle.isEmpty()) {
            Member member = choices.one(idle);
            world.history.note(() -> member + " step");
            world.history.in();
            member.step();
            world.history.out();
        }
    }

    private void task() {
        List<Member> busy =
                world.members.stream().filter(member -> !member.tasks.isEmpty()).toList();
        if (!busy.isEmpty()) {
            Member member = choices.one(busy);
            Runnable task = member.tasks.remove(choices.next(member.tasks.size()));
            world.history.note(() -> member + " handler task");
            world.history.in();
            task.run();
            world.history.out();
        }
    }

    private void append() {
        if (world.plan.failures().hasTopics() && choices.chance(10)) {
            List<TopicPartition> shared = world.failurePartitions();
            if (!shared.isEmpty()) {
                new Strangers(world).append(choices.one(shared));
                return;
            }
        }
        List<TopicPartition> partitions = world.partitions();
        if (!partitions.isEmpty()) {
            var unused = world.append(choices.one(partitions));
        }
    }

    /** Threads of the failure path, which are none of this world's where nothing fails. */
    private void send() {
        List<SenderQueue> ready = world.members.stream()
                .flatMap(member -> member.senders.stream())
                .filter(SenderQueue::isReady)
                .toList();
        if (!ready.isEmpty()) {
            world.history.note(() -> "a thread of the failure path");
            world.history.in();
            choices.one(ready).runOne();
            world.history.out();
        }
    }

    private void callback() {
        world.members.stream()
                .filter(member -> !member.callbacks.isEmpty())
                .findFirst()
                .ifPresent(member -> member.callbacks.remove(0).run());
    }

    private void answer() {
        List<Member> asking = world.members.stream()
                .filter(member -> !member.answers.isEmpty())
                .toList();
        if (!asking.isEmpty()) {
            Member member = choices.one(asking);
            world.note(() -> member + " gets the answer to a look-up");
            member.answers.remove(choices.next(member.answers.size())).run();
        }
    }

    private void switches() {
        List<Member> running = world.members.stream().filter(Member::isRunning).toList();
        if (!running.isEmpty()) {
            choices.one(running).changeSwitches();
        }
    }

    private void time() {
        long nanos = switch (choices.pick(40, 30, 20, 8, 2)) {
            case 0 -> Math.min(world.kafka.nextDue() - world.clock.nanos(), 1_000_000_000L);
            case 1 -> millis(1 + choices.next(50));
            case 2 -> millis(100 + choices.next(1000));
            case 3 -> millis(2_000 + choices.next(12_000));
            default -> millis(40_000);
        };
        if (nanos > 0) {
            world.clock.advance(nanos);
            world.history.note(() -> "time");
        }
    }

    private static long millis(int millis) {
        return millis * 1_000_000L;
    }
}
