package io.mika.simulation;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What one member's engine may do, by what it was told. */
final class Rules {
    private final World world;
    private final Member member;
    /** Nothing may be committed until a poll has returned. */
    private boolean suspended;

    private Set<String> subscribed = Set.of();
    private Budget budget;
    private boolean polling;
    private long lastPolled;
    private int inFlight;

    Rules(World world, Member member) {
        this.world = world;
        this.member = member;
        this.lastPolled = world.clock.nanos();
        this.budget = new Budget(member);
    }

    // ---- assignment

    /** To be disabled and enabled, to be slowed down: no reason for another subscription; only the dead letter queue is. */
    void subscribes(Collection<String> to) {
        Set<String> topics = new HashSet<>(to);
        boolean isSwitched = topics.contains(World.DLQ) != subscribed.contains(World.DLQ);
        boolean isSame = without(topics).equals(without(subscribed));
        if (!subscribed.isEmpty() && (!isSwitched || !isSame)) {
            throw world.violate(member + " subscribes again: to " + topics + " after " + subscribed);
        }
        subscribed = topics;
    }

    private static Set<String> without(Set<String> topics) {
        Set<String> others = new HashSet<>(topics);
        others.remove(World.DLQ);
        return others;
    }

    void assigned(TopicPartition partition) {
        Assignment before = member.assignments.get(partition);
        if (before != null && !before.ended) {
            throw world.violate(before + " is assigned again");
        }
        member.assignments.put(
                partition,
                new Assignment(member, partition, committed(partition), world.logs.truth(partition).disturbances));
    }

    /** -1 for none; a commit that is of a topic which is gone is none. */
    private long committed(TopicPartition partition) {
        return world.group()
                .committed(partition)
                .filter(committed -> world.lives.isFirst(partition.topic())
                        || world.lives.read(partition, committed).isPresent())
                .map(OffsetAndMetadata::offset)
                .orElse(-1L);
    }

    void stopping(TopicPartition partition) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment != null) {
            assignment.stops();
        }
    }

    void ended(TopicPartition partition) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment != null) {
            assignment.ends();
        }
    }

    /** What handlers have is waited for, but not for ever. */
    void gaveUp(Collection<TopicPartition> partitions, long waited) {
        long half = world.plan.maxPollInterval().toNanos() / 2;
        if (member.isDead()
                || member.isClosing()
                || waited >= Math.min(half, world.plan.drainTimeout().toNanos())) {
            return;
        }
        for (TopicPartition partition : partitions) {
            Assignment assignment = member.assignments.get(partition);
            if (assignment != null && !assignment.ended && assignment.isWaitedFor()) {
                throw world.violate(
                        assignment + " is given up after " + waited / 1_000_000 + " ms, and a handler has some of it");
            }
        }
    }

    void lost() {
        suspended = true;
    }

    // ---- polls

    void polls() {
        budget = new Budget(member);
        polling = true;
    }

    void polled() {
        polling = false;
    }

    void pollReturned() {
        suspended = false;
        lastPolled = world.clock.nanos();
    }

    void polled(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment == null || assignment.ended || !assignment.running) {
            throw world.violate(member + " polled " + partition + "@" + record.offset() + ", which it may not have");
        }
        Published of = world.logs.published(record.headers());
        if (of == null) {
            throw world.violate(member + " polled " + record + ", which nobody published");
        }
        Polled polled = new Polled(assignment, record, place(partition, record, of));
        if (!assignment.isSorted() && !assignment.mayBeMistaken() && !budget.hasRoom(assignment)) {
            throw world.violate(assignment + " is fetched beyond the budget of its client");
        }
        assignment.add(polled);
        member.polled.put(record, polled);
        int room = world.plan.limits().laneRecords() - 1 + world.plan.maxPollRecords();
        if (assignment.open() > room && !assignment.isSorted() && !assignment.mayBeMistaken()) {
            throw world.violate(assignment + " holds " + assignment.open() + " records, and " + room + " are allowed");
        }
    }

    /** One that was read before it was lost is nowhere by now. */
    private PartitionTruth.Entry place(TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Published of) {
        PartitionTruth.Entry there = world.logs.truth(partition).at(record.offset(), of);
        if (there != null) {
            return there;
        }
        Copy copy = Copy.read(record.headers());
        PartitionTruth.Entry nowhere =
                new PartitionTruth.Entry(partition, record.offset(), of, copy, Long.MAX_VALUE, false);
        nowhere.deleted = true;
        return nowhere;
    }

    void moved(TopicPartition partition, OffsetAndMetadata next) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment != null && assignment.running) {
            assignment.at(next);
        }
    }

    void outOfRange(Collection<TopicPartition> partitions, boolean truncation) {
        for (TopicPartition partition : partitions) {
            PartitionTruth truth = world.logs.truth(partition);
            if (truncation ? !truth.truncated : !truth.outOfRangeIsPossible) {
                throw world.violate(member + " asked for an offset of " + partition + " that was never there");
            }
            Assignment assignment = member.assignments.get(partition);
            if (assignment != null) {
                assignment.mayMove = true;
            }
        }
    }

    // ---- positions

    void seek(TopicPartition partition, OffsetAndMetadata to) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment == null || assignment.ended) {
            throw world.violate(member + " moves " + partition + ", which it does not own");
        }
        long offset = to.offset();
        if (!assignment.running) {
            begins(assignment, offset);
        } else if (offset < assignment.position) {
            boolean findsOut = offset == 0 && assignment.mayBeMistaken();
            if (!assignment.mayMove && !findsOut) {
                throw world.violate(assignment + " moves back to " + offset + " without need");
            }
            if (offset < assignment.confirmed) {
                member.listening.owesRewind(partition);
                assignment.confirmed = -1;
            }
            assignment.moveBack(offset);
        } else if (offset > assignment.position && !assignment.mayBeMistaken()) {
            long start = world.kafka.partition(partition).start();
            if (!assignment.mayMove || offset > start) {
                throw world.violate(assignment + " jumps from " + assignment.position + " to " + offset
                        + ", and the log starts at " + start);
            }
        }
        assignment.mayMove = false;
        assignment.at(to);
    }

    private void begins(Assignment assignment, long offset) {
        assignment.running = true;
        assignment.beganAt = offset;
        assignment.confirmed = offset;
        PartitionTruth truth = world.logs.truth(assignment.partition);
        excuseIfNobodyCouldKnow(assignment, offset);
        if (assignment.mayBeMistaken()) {
            assignment.moveBack(offset);
            return; // where it must, by what it was told of a topic that is gone
        }
        PartitionTruth.Entry lost = truth.firstLostBelow(offset, false);
        if (lost != null) {
            throw world.violate(assignment + " begins at " + offset + " and skips @" + lost.offset + " " + lost.of);
        }
        if (truth.disturbances == assignment.disturbancesBefore && offset < assignment.committedBefore) {
            throw world.violate(assignment + " begins at " + offset + ", and the group had committed "
                    + assignment.committedBefore + " before it was assigned");
        }
    }

    /**
     * Who had not heard of another topic yet may commit an offset of the one before it, or may have done so before that
     * was deleted. Whoever never knew that one takes this for a commit like any other, and begins there.
     */
    private void excuseIfNobodyCouldKnow(Assignment assignment, long offset) {
        TopicPartition partition = assignment.partition;
        if (!world.lives.isFirst(partition.topic()) && member.heard.mayTakeForToday(partition, offset)) {
            world.logs.truth(partition).excuseAllBelow(offset);
        }
    }

    // ---- commits

    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Set<TopicPartition> assigned) {
        if (suspended) {
            throw world.violate(member + " commits after it lost partitions, before a poll has returned");
        }
        long since = member.stepStarted - lastPolled;
        if (since > world.plan.maxPollInterval().toNanos() + World.MILLI && !polling) {
            throw world.violate(member + " commits " + since / 1_000_000 + " ms after its last poll");
        }
        if (member.report() != null) {
            throw world.violate(member + " commits after it reported");
        }
        offsets.forEach((partition, offset) -> {
            if (!assigned.contains(partition)) {
                throw world.violate(member + " commits " + partition + ", which it does not own");
            }
            commit(partition, offset);
        });
    }

    private void commit(TopicPartition partition, OffsetAndMetadata committed) {
        Assignment assignment = member.assignments.get(partition);
        if (assignment == null || assignment.ended) {
            throw world.violate(member + " commits " + partition + ", which it was not given");
        }
        long offset = committed.offset();
        if (assignment.running && offset > assignment.position) {
            throw world.violate(assignment + " commits " + offset + ", and its position is " + assignment.position);
        }
        if (partition.topic().equals(World.DLQ) && offset > endOfPass(assignment)) {
            throw world.violate(assignment + " commits " + offset + ", beyond the end of the pass");
        }
        if (!member.heard.commits(partition, committed)) {
            throw world.violate(
                    assignment + " commits with the text of a topic that is gone, although it knows better");
        }
        Polled open = assignment.firstUnsettledBelow(offset);
        if (open != null && (open.handedOut || !assignment.mayBeMistaken())) {
            throw world.violate(assignment + " commits " + offset + ", and " + open + " is not settled");
        }
        int epoch = committed.leaderEpoch().orElse(Assignment.NO_EPOCH);
        boolean isBound = partition.topic().equals(World.DLQ) && epoch == Assignment.NO_EPOCH;
        if (assignment.running && !isBound && !assignment.isEpochBelow(offset, epoch)) {
            throw world.violate(assignment + " commits " + offset + " with leader epoch " + epoch
                    + ", which is not that of the record below");
        }
        if (offset < assignment.lastSent) {
            throw world.violate(assignment + " commits " + offset + " after " + assignment.lastSent);
        }
        if (!assignment.mayBeMistaken()) {
            passesNone(assignment, offset);
        }
        world.passedOver += assignment.passedOverBelow(offset);
        assignment.lastSent = offset;
        assignment.lastSentHadEpoch = committed.leaderEpoch().isPresent();
    }

    /** Or where it began, or where the log begins by now, if that is behind it. */
    private long endOfPass(Assignment assignment) {
        TopicPartition partition = assignment.partition;
        long began = Math.max(assignment.beganAt, assignment.committedBefore);
        boolean isThere = partition.partition() < world.kafka.partitions(World.DLQ);
        long start = isThere ? world.kafka.partition(partition).start() : 0;
        return Math.max(member.dlqConsumption.bound(partition), Math.max(began, start));
    }

    /** Whoever goes on from there misses nothing. */
    private void passesNone(Assignment assignment, long offset) {
        TopicPartition partition = assignment.partition;
        PartitionTruth truth = world.logs.truth(partition);
        boolean mayHaveFoundNone =
                assignment.committedBefore < 0 || truth.disturbances != assignment.disturbancesBefore;
        boolean isFirst = world.committed(partition) < 0 || (!assignment.running && mayHaveFoundNone);
        boolean mayBeginAnywhere = isFirst
                && World.isOfConsumer(partition)
                && world.plan.start().isLatest()
                && (!truth.mustBeginAtEarliest || world.turmoil.textRefused);
        if (mayBeginAnywhere) {
            truth.excuseBelow(offset);
        }
        if (!assignment.running) {
            excuseIfNobodyCouldKnow(assignment, offset);
        }
        PartitionTruth.@Nullable Entry lost = truth.firstLostBelow(offset, false);
        if (lost != null) {
            throw world.violate(
                    assignment + " commits " + offset + ", and nobody settled @" + lost.offset + " " + lost.of);
        }
    }

    void sent() {
        inFlight++;
        if (inFlight > 1) {
            throw world.violate(member + " has two commits in flight");
        }
    }

    void answered() {
        inFlight--;
    }

    void confirmed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            Assignment assignment = member.assignments.get(partition);
            if (assignment != null && !assignment.ended && assignment.lastSent >= offset.offset()) {
                assignment.confirmed = Math.max(assignment.confirmed, offset.offset());
            }
        });
    }
}
