package io.mika.simulation;

import io.mika.consumer.DeadlinePolicy;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;

/** Nothing goes wrong any more, and everything must come to an end. */
final class Ending {
    private static final long PATIENCE_NANOS = Duration.ofMinutes(4).toNanos();

    /** Records that nothing holds back are handed out sooner than that. */
    private static final long SLOW_NANOS = Duration.ofSeconds(5).toNanos();

    /** The picture that is shown is younger than that. */
    private static final long DRAWN_NANOS = Duration.ofSeconds(3).toNanos();

    private final World world;

    Ending(World world) {
        this.world = world;
    }

    void play() {
        world.note(() -> "calm");
        world.calm = true;
        if (world.down) {
            world.kafka.up();
        }
        world.pending.releaseHeld();
        world.partitions().forEach(this::appendBeyondAll);
        until("not every partition has begun", this::haveBegun);
        // Whoever began at the end, by a commit that expired since, has nothing to commit as yet
        world.partitions().forEach(this::appendBeyondAll);
        until("not everything was settled and committed", this::isThrough);
        // Where there is no record there is no settlement, and yet the commit is to go on
        world.partitions().forEach(partition -> world.kafka.partition(partition).appendGap(1));
        until("what is no record was not committed", this::isThrough);
        slowCall();
        stuckRecord();
        explain();
        List<Member> last = world.live();
        closeWithWorkInHands(last);
        until("not everybody closed", () -> world.live().isEmpty());
        world.partitions().forEach(this::checkCommitted);
        last.forEach(this::checkEnd);
        until("still in the group", () -> world.group().members().isEmpty());
    }

    /** A call that does not return holds up those that wait for it, and nobody else. */
    private void slowCall() {
        if (!SlowCall.showsSomething(world.plan)) {
            return;
        }
        SlowCall call = new SlowCall(world, world.choices.one(world.partitions()));
        world.slowCall = call;
        until("a record was not handed out", call::hasReturned);
        world.slowCall = null;
        until("not everything was settled and committed after a slow call", this::isThrough);
    }

    /** One that nobody settles is told, and fails where that is wanted. */
    private void stuckRecord() {
        if (!world.plan.consumer().hasDeadline()) {
            return;
        }
        TopicPartition partition = world.choices.one(world.partitions());
        world.tardy = true;
        long offset = world.append(partition).offset;
        waitFor("a record that is open for too long was not told", () -> isToldAsStuck(partition, offset));
        world.tardy = false;
        until("not everything was settled and committed after one was stuck", this::isThrough);
    }

    private boolean isToldAsStuck(TopicPartition partition, long offset) {
        for (Member member : world.live()) {
            Assignment assignment = member.assignments.get(partition);
            Polled record = assignment == null || assignment.ended ? null : assignment.at(offset);
            if (record != null && member.listening.heardOfStuck(record)) {
                return world.plan.consumer().policy() != DeadlinePolicy.RETRY
                        || world.plan.consumer().inPlaceRetries() == 0
                        || record.times > 1;
            }
        }
        return false;
    }

    /** What is shown agrees with what is, once it was drawn anew. */
    private void explain() {
        long drawn = world.clock.nanos() + DRAWN_NANOS;
        until("nothing", () -> world.clock.nanos() >= drawn);
        for (Member member : world.live()) {
            for (Explanation.Partition shown : member.explain().partitions()) {
                long end = world.kafka.partition(shown.partition()).end();
                boolean agrees = shown.watermark() == end
                        && shown.lastCommit().orElse(-1) == end
                        && shown.inFlight() == 0
                        && shown.lag().orElse(0) == 0
                        && shown.unremembered() == 0
                        && shown.oldestOpen().isEmpty()
                        && shown.pausedBy().isEmpty();
                if (!agrees) {
                    throw world.violate(member + " shows " + shown + " at rest, and the end is " + end);
                }
            }
        }
    }

    /** Nothing is settled meanwhile. */
    private void waitFor(String otherwise, BooleanSupplier what) {
        long deadline = world.clock.nanos() + PATIENCE_NANOS;
        while (!what.getAsBoolean()) {
            if (world.clock.nanos() > deadline) {
                throw world.violate(otherwise + ": " + state());
            }
            turn();
            world.check();
        }
    }

    /** Everybody goes on meanwhile. */
    void duringSlowCall(SlowCall call) {
        long patience = SLOW_NANOS + world.plan.consumer().batchWait().toNanos();
        until("what need not wait for a slow call was not settled", patience, call::areOthersThrough);
    }

    /** What handlers have is waited for, and committed, before anybody goes. */
    private void closeWithWorkInHands(List<Member> last) {
        world.partitions().forEach(partition -> {
            var unused = world.append(partition);
        });
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
            var unused = world.append(partition);
        } while (world.kafka.partition(partition).end() <= furthest);
    }

    private void until(String otherwise, BooleanSupplier through) {
        until(otherwise, PATIENCE_NANOS, through);
    }

    private void until(String otherwise, long patience, BooleanSupplier through) {
        long deadline = world.clock.nanos() + patience;
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
        int pending = 1000;
        while (!world.pending.isEmpty() && pending-- > 0) {
            world.pending.settleOne();
        }
    }

    /** Everybody does what there is to do, but settles nothing late. */
    private void turn() {
        long before = world.clock.nanos();
        world.kafka.runDue();
        for (Member member : new ArrayList<>(world.members)) {
            runAll(member.answers);
            if (member.maySteps()) {
                member.switches.open();
                member.step();
            }
            runAll(member.tasks);
            runAll(member.callbacks);
        }
        if (world.clock.nanos() - before < World.MILLI) {
            world.clock.advance(100_000_000);
        }
    }

    private static void runAll(List<Runnable> work) {
        while (!work.isEmpty()) {
            work.remove(0).run();
        }
    }

    private boolean haveBegun() {
        if (world.live().isEmpty()) {
            var unused = world.join();
        }
        return world.live().stream().allMatch(member -> !member.isClosing() && isInGroup(member))
                && owned() == world.partitions().size()
                && world.partitions().stream().allMatch(this::hasBegun);
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
        for (TopicPartition partition : world.partitions()) {
            long end = world.kafka.partition(partition).end();
            if (world.committed(partition) != end || world.truth(partition).firstLostBelow(end, true) != null) {
                return false;
            }
        }
        return true;
    }

    /** One that was thrown out may not have heard of it. */
    private boolean isInGroup(Member member) {
        return world.group().members().containsKey(member.memberId());
    }

    private int owned() {
        int owned = 0;
        for (Member member : world.live()) {
            Set<TopicPartition> of = world.group().members().get(member.memberId());
            owned += of == null ? 0 : of.size();
        }
        return owned;
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        for (TopicPartition partition : world.partitions()) {
            state.append(partition)
                    .append(" committed ")
                    .append(world.committed(partition))
                    .append(" of ")
                    .append(world.kafka.partition(partition).end());
            PartitionTruth.Entry lost = world.truth(partition)
                    .firstLostBelow(world.kafka.partition(partition).end(), true);
            state.append(lost == null ? ", " : " and nobody settled @" + lost.offset + " " + lost.id + ", ");
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
