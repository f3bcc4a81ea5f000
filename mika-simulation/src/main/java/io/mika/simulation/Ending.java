package io.mika.simulation;

import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/** Nothing goes wrong any more, and everything must come to an end. */
final class Ending {
    private static final Duration TO_HEAR_OF_TOPICS = Duration.ofSeconds(40);

    private final World world;
    private final AtRest rest;
    private final Calm calm;
    private final DlqEnding dlq;

    Ending(World world) {
        this.world = world;
        this.rest = new AtRest(world);
        this.calm = new Calm(world, rest);
        this.dlq = new DlqEnding(world, calm, rest);
    }

    void play() {
        begin();
        finish();
        slowCall();
        stuckRecord();
        longWait();
        if (world.choices.chance(30)) {
            calm.until("what is shown is not what is there", rest::isShown);
        }
        dlq.play();
        close();
    }

    private void begin() {
        world.note(() -> "calm");
        world.calm = true;
        world.calmSince = world.clock.millis();
        if (world.down) {
            world.down = false;
            world.kafka.up();
        }
        world.recreation.end();
        world.pending.releaseHeld();
        endRollout();
        boolean leavesPasses = dlq.leavesPasses();
        if (!leavesPasses) {
            dlq.endDlqConsumption();
        }
        hearOfAllTopics();
        dlq.endOfFormerQueues(leavesPasses);
        if (leavesPasses) {
            dlq.endDlqConsumption();
        }
    }

    /** What they asked before is answered by now; what is not found out within half a minute never is. */
    private void hearOfAllTopics() {
        if (world.plan.recreates()) {
            calm.goBy(TO_HEAR_OF_TOPICS);
        }
    }

    private void finish() {
        rest.consumed().forEach(this::appendBeyondAll);
        calm.until("not every partition has begun", rest::haveBegun);
        // Whoever began at the end, by a commit that expired since, has nothing to commit as yet
        rest.consumed().forEach(this::appendBeyondAll);
        calm.until("not everything was settled and committed", rest::isThrough);
        // Where there is no record there is no settlement, and yet the commit is to go on
        rest.consumed().forEach(partition -> world.kafka.partition(partition).appendGap(1));
        calm.until("what is no record was not committed", rest::isThrough);
    }

    /** Every member that is left has every consumer. */
    private void endRollout() {
        if (world.plan.failures().payments() > 0) {
            world.live().stream()
                    .filter(member -> !member.hasConsumerFor(World.PAYMENTS))
                    .forEach(member -> member.close(Duration.ofSeconds(20)));
        }
    }

    /** A call that does not return holds up those that wait for it, and nobody else. */
    private void slowCall() {
        if (!SlowCall.showsSomething(world.plan)) {
            return;
        }
        SlowCall call = new SlowCall(world, calm);
        world.slowCall = call;
        calm.until("a record was not handed out", call::hasReturned);
        world.slowCall = null;
        calm.until("not everything was settled and committed after a slow call", rest::isThrough);
    }

    /** One that nobody settles is told, and fails where that is wanted. */
    private void stuckRecord() {
        TopicPartition partition = world.choices.one(world.partitions());
        if (!world.plan.consumer(partition.topic()).hasDeadline()) {
            return;
        }
        world.tardy = true;
        PartitionTruth.Entry entry = world.append(partition).first();
        calm.waitFor("a record that is open for too long was not told", () -> isToldAsStuck(entry));
        world.tardy = false;
        calm.until("not everything was settled and committed after one was stuck", rest::isThrough);
    }

    /** A retry outlives what its topic keeps of it. */
    private void longWait() {
        if (LongWait.showsSomething(world.plan)) {
            LongWait wait = new LongWait(world, calm);
            world.longWait = wait;
            wait.lasts();
            world.longWait = null;
            calm.until("not everything was settled and committed after a long wait", rest::isThrough);
        }
    }

    private boolean isToldAsStuck(PartitionTruth.Entry entry) {
        for (Member member : world.live()) {
            Assignment assignment = member.assignments.get(entry.partition);
            Polled record = assignment == null || assignment.ended ? null : assignment.at(entry.offset);
            if (record != null && member.listening.heardOfStuck(record)) {
                return !record.consumer().failsOnDeadline() || hasFailed(record);
            }
        }
        return false;
    }

    private static boolean hasFailed(Polled record) {
        return record.repeats > 0 || record.copied || record.failedByItsClient().leadsNowhere();
    }

    private void close() {
        List<Member> last = world.live();
        closeWithWorkInHands(last);
        calm.until("not everybody closed", () -> world.live().isEmpty());
        world.partitions().forEach(this::checkCommitted);
        last.forEach(this::checkEnd);
        calm.until("still in the group", () -> world.group().members().isEmpty());
    }

    /** What handlers have is waited for, and committed, before anybody goes. */
    private void closeWithWorkInHands(List<Member> last) {
        world.partitions().forEach(partition -> {
            var unused = world.append(partition);
        });
        world.tardy = true;
        calm.turn();
        calm.turn();
        world.tardy = false;
        last.forEach(member -> member.close(Duration.ofSeconds(20)));
        calm.turn();
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
            world.appendAny(partition);
        } while (world.kafka.partition(partition).end() <= furthest);
    }

    /** Who closes in order commits all that was settled, up to what nobody was given any more. */
    private void checkCommitted(TopicPartition partition) {
        long committed = world.committed(partition);
        if (world.logs.truth(partition).isSettledFrom(committed)) {
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
