package io.mika.simulation;

import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Nothing goes wrong any more, and everything must come to an end. */
final class Ending {
    private static final long PATIENCE_NANOS = Duration.ofMinutes(10).toNanos();

    /** After so many turns in which nothing happened, time goes faster: something waits for it. */
    private static final int QUIET_TURNS = 5;

    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

    private final World world;
    private int quiet;
    private Replaying.@Nullable Run replay;

    Ending(World world) {
        this.world = world;
    }

    void play() {
        world.note(() -> "calm");
        world.calm = true;
        world.calmSince = world.clock.millis();
        if (world.down) {
            world.kafka.up();
        }
        world.pending.releaseHeld();
        endRollout();
        endDlqConsumption();
        consumed().forEach(this::appendBeyondAll);
        until("not every partition has begun", this::haveBegun);
        // Whoever began at the end, by a commit that expired since, has nothing to commit as yet
        consumed().forEach(this::appendBeyondAll);
        until("not everything was settled and committed", this::isThrough);
        // Where there is no record there is no settlement, and yet the commit is to go on
        consumed().forEach(partition -> world.kafka.partition(partition).appendGap(1));
        until("what is no record was not committed", this::isThrough);
        if (world.plan.failures().mayReplay() && world.choices.chance(50)) {
            replay();
        }
        if (world.plan.failures().hasDlq() && world.choices.chance(50)) {
            consumeDlq();
        }
        List<Member> last = world.live();
        closeWithWorkInHands(last);
        until("not everybody closed", () -> world.live().isEmpty());
        world.partitions().forEach(this::checkCommitted);
        last.forEach(this::checkEnd);
        until("still in the group", () -> world.group().members().isEmpty());
    }

    /** Every member that is left has every consumer. */
    private void endRollout() {
        if (world.plan.failures().payments() > 0) {
            world.live().stream()
                    .filter(member -> !member.hasConsumerFor(World.PAYMENTS))
                    .forEach(member -> member.close(Duration.ofSeconds(20)));
        }
    }

    private void endDlqConsumption() {
        if (world.plan.failures().hasDlq()) {
            world.live().forEach(Member::disableDlqConsumption);
            awaitCommands();
        }
    }

    private void awaitCommands() {
        until(
                "the consumption of the dead letter queue was not switched",
                () -> world.live().stream().noneMatch(Member::hasCommands));
    }

    /** One pass, which reads all that is there. */
    private void consumeDlq() {
        world.live().forEach(Member::enableDlqConsumption);
        awaitCommands();
        Map<TopicPartition, Long> ends = new HashMap<>();
        world.partitions(World.DLQ)
                .forEach(partition ->
                        ends.put(partition, world.kafka.partition(partition).end()));
        until(
                "not all of the dead letter queue was settled and committed",
                () -> ends.entrySet().stream().allMatch(end -> isThrough(end.getKey(), end.getValue())));
        endDlqConsumption();
        until("not everything was settled and committed after a pass over the dead letter queue", this::isThrough);
    }

    /** One replay of all that is there; another one, of somebody that died, may have to be waited for. */
    private void replay() {
        long number = world.numbers();
        until("no replay came to its end", this::replays);
        for (TopicPartition partition : world.partitions(World.DLQ)) {
            PartitionTruth.Entry left = world.truth(partition).firstLeftByReplay(number);
            if (left != null) {
                throw world.violate("a replay of all left out " + left + ": " + left.copy);
            }
        }
        until("not everything was settled and committed after a replay", this::isThrough);
    }

    private boolean replays() {
        Replaying.Run run = replay;
        if (run == null || (run.isOver() && !run.isComplete())) {
            replay = world.replaying.beginAll(world.live().get(0));
            return false;
        }
        return run.isComplete();
    }

    /** What handlers have is waited for, and committed, before anybody goes. */
    private void closeWithWorkInHands(List<Member> last) {
        world.partitions().forEach(world::append);
        world.tardy = true;
        turn();
        turn();
        world.tardy = false;
        last.forEach(member -> member.close(Duration.ofSeconds(20)));
        turn();
    }

    /** Who stands beyond the end is to see that there is something new. */
    private void appendBeyondAll(TopicPartition partition) {
        long furthest = world.members.stream()
                .map(member -> member.assignments.get(partition))
                .filter(Objects::nonNull)
                .mapToLong(assignment -> Math.max(assignment.position, assignment.lastSent))
                .max()
                .orElse(-1);
        do {
            if (World.isOfConsumer(partition)) {
                world.append(partition);
            } else {
                new Strangers(world).append(partition);
            }
        } while (world.kafka.partition(partition).end() <= furthest);
    }

    private void until(String otherwise, BooleanSupplier through) {
        long deadline = world.clock.nanos() + PATIENCE_NANOS;
        while (!through.getAsBoolean()) {
            if (world.clock.nanos() > deadline) {
                throw world.violate(otherwise + ": " + state());
            }
            round();
            world.check();
        }
    }

    private void round() {
        turn();
        for (int pending = world.pending.size(); pending > 0 && !world.pending.isEmpty(); pending--) {
            world.pending.settleOne();
            quiet = 0;
        }
    }

    /** Everybody does what there is to do, but settles nothing late. */
    private void turn() {
        long before = world.clock.nanos();
        world.kafka.runDue();
        quiet++;
        for (Member member : new ArrayList<>(world.members)) {
            runAll(member.answers);
            if (member.maySteps()) {
                member.step();
            }
            runAll(member.tasks);
            member.senders.forEach(this::send);
            runAll(member.callbacks);
        }
        if (quiet > QUIET_TURNS) {
            world.clock.advance(QUIET_NANOS);
        } else if (world.clock.nanos() == before) {
            world.clock.advance(100_000_000);
        }
    }

    private void runAll(List<Runnable> work) {
        while (!work.isEmpty()) {
            quiet = 0;
            work.remove(0).run();
        }
    }

    /** Once: one that reads again what waits goes on for as long as there is something. */
    private void send(SenderQueue sender) {
        if (sender.isReady()) {
            sender.runOne();
        }
    }

    private boolean haveBegun() {
        if (world.live().isEmpty()) {
            var unused = world.join();
        }
        return world.live().stream().allMatch(member -> !member.isClosing() && isInGroup(member))
                && owned() == consumed().size()
                && consumed().stream().allMatch(this::hasBegun);
    }

    private boolean hasBegun(TopicPartition partition) {
        return world.live().stream()
                .map(member -> member.assignments.get(partition))
                .anyMatch(assignment -> assignment != null && !assignment.ended && assignment.running);
    }

    private boolean isThrough() {
        if (!haveBegun()) {
            return false;
        }
        for (TopicPartition partition : consumed()) {
            long end = world.kafka.partition(partition).end();
            if (world.committed(partition) > end || !isThrough(partition, end)) {
                return false;
            }
        }
        return world.live().stream().allMatch(Member::hasNothingToWrite);
    }

    private boolean isThrough(TopicPartition partition, long end) {
        return world.committed(partition) >= end && world.truth(partition).firstLostBelow(end, true) == null;
    }

    /** What is read for as long as anybody lives: all but the dead letter queue. */
    private List<TopicPartition> consumed() {
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

    private String state() {
        StringBuilder state = new StringBuilder();
        for (TopicPartition partition : world.allPartitions()) {
            state.append(partition)
                    .append(" committed ")
                    .append(world.committed(partition))
                    .append(" of ")
                    .append(world.kafka.partition(partition).end());
            PartitionTruth.Entry lost = world.truth(partition)
                    .firstLostBelow(world.kafka.partition(partition).end(), true);
            state.append(lost == null ? ", " : " and nobody settled @" + lost.offset + " " + lost.of + ", ");
        }
        return state.append("owned ")
                .append(world.group().members())
                .append(", live ")
                .append(world.live())
                .toString();
    }

    /** Who closes in order commits all that was settled, up to what nobody was given any more. */
    private void checkCommitted(TopicPartition partition) {
        long committed = world.committed(partition);
        if (world.truth(partition).isSettledFrom(committed)) {
            throw world.violate(
                    "closed, and of " + partition + " is committed " + committed + " although what follows is settled");
        }
    }

    private void checkEnd(Member member) {
        CloseReport report = member.report();
        if (report == null
                || !report.drained()
                || !report.abandoned().isEmpty()
                || (report.cause().isPresent() && !world.turmoil.fatal)) {
            throw world.violate(member + " did not close in order: " + report);
        }
        report.lastCommits().forEach((partition, offset) -> {
            if (member.ownedAtClose.contains(partition) && world.committed(partition) != offset) {
                throw world.violate(member + " reported " + offset + " of " + partition + ", and committed is "
                        + world.committed(partition));
            }
        });
        for (Member each : world.members) {
            if (!each.isDead() && each.futures > 0) {
                throw world.violate(each + " left " + each.futures + " futures open");
            }
            if (!each.isDead() && !each.listening.rewindsOwed().isEmpty()) {
                throw world.violate(each + " did not tell of rewinds: " + each.listening.rewindsOwed());
            }
        }
    }
}
