package io.mika.simulation;

import io.mika.test.fake.FakeGroup;
import io.mika.test.fake.FakeKafka;
import io.mika.test.fake.FakePartition;
import io.mika.test.fake.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** All there is in one run: a broker, the members of one group, an application that settles, and time. */
final class World {
    static final String TOPIC = "orders";
    static final String GROUP = "billing";
    static final long MILLI = 1_000_000;
    /** How deep events happen within others. */
    private static final int DEEPEST = 3;

    final Choices choices;
    final VirtualClock clock = new VirtualClock();
    final History history;
    final Plan plan;
    final FakeKafka kafka;
    final Turmoil turmoil;
    final List<Member> members = new ArrayList<>();
    final Pending pending;
    private final Map<TopicPartition, PartitionTruth> truths = new HashMap<>();
    private final Events events;
    private int appended;
    private int happened;
    private int depth;
    private boolean instant;
    private @Nullable Violation violation;

    /** Nothing goes wrong any more. */
    boolean calm;

    /** Handlers return and settle later, although nothing goes wrong. */
    boolean tardy;

    boolean down;
    int deliveries;
    int passedOver;
    int commits;
    /** Grows with whatever happens, and what is only tried is not counted. */
    long noted;

    /** A call that does not return for as long as this is set. */
    @Nullable SlowCall slowCall;

    World(Choices choices, boolean keepHistory) {
        this.choices = choices;
        this.history = new History(keepHistory, clock::nanos);
        var unused = choices.nextSlice();
        this.plan = Plan.draw(choices);
        this.turmoil = new Turmoil(this);
        this.pending = new Pending(this);
        this.events = new Events(this);
        this.kafka = new FakeKafka(clock::nanos, clock::millis, this::await).faults(turmoil);
        kafka.createTopic(TOPIC, plan.partitions());
        note(() -> "plan " + plan);
    }

    /** Plays it to the end; throws what is violated. */
    void play() {
        begin();
        for (int i = 0; i < plan.events() && choices.nextSlice(); i++) {
            happened++;
            events.one();
            kafka.runDue();
            if (Thread.interrupted()) {
                throw violate("an interrupt outlives the call that it was meant for");
            }
            check();
        }
        new Ending(this).play();
        check();
    }

    private void begin() {
        for (TopicPartition partition : partitions()) {
            int records = choices.next(4);
            for (int i = 0; i < records; i++) {
                var unused = append(partition);
            }
            if (plan.begun()) {
                reset(partition, choices.next(records + 1));
            }
        }
        for (int i = 0; i < plan.members(); i++) {
            join();
        }
    }

    void note(Supplier<String> what) {
        noted++;
        history.note(what);
    }

    /** A rule was broken; also where the engine catches what is thrown. */
    Violation violate(String what) {
        return violate(new Violation(what));
    }

    Violation violate(Violation found) {
        if (violation == null) {
            violation = found;
            note(() -> "VIOLATION " + found.getMessage());
        }
        return found;
    }

    void check() {
        if (violation != null) {
            throw violation;
        }
    }

    boolean isViolated() {
        return violation != null;
    }

    /** As the engine sees it: it goes on between two looks. */
    long engineNanos() {
        clock.advance(plan.tick());
        return clock.nanos();
    }

    // ---- time, and what happens within something else

    /** A call of Kafka's waits. */
    private void await(long nanos) {
        long before = clock.nanos();
        if (!calm && choices.chance(30)) {
            interleave(3);
        }
        if (clock.nanos() - before < MILLI && (calm || choices.chance(50))) {
            clock.advance(nanos);
        }
    }

    /** Other threads and other members do something now. */
    void interleave(int atMost) {
        if (depth >= DEEPEST || calm || isViolated() || instant) {
            return;
        }
        depth++;
        history.in();
        int count = choices.next(atMost + 1);
        for (int i = 0; i < count && !isViolated(); i++) {
            events.nested();
        }
        history.out();
        depth--;
    }

    /** A moment at which another thread may come between; none of them takes time. */
    void giveWay() {
        if (depth >= DEEPEST || calm || isViolated() || instant || !choices.chance(4)) {
            return;
        }
        depth++;
        instant = true;
        history.in();
        events.instant();
        history.out();
        instant = false;
        depth--;
    }

    // ---- the broker

    FakeGroup group() {
        return kafka.group(GROUP);
    }

    List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        for (int number = 0; number < kafka.partitions(TOPIC); number++) {
            all.add(new TopicPartition(TOPIC, number));
        }
        return all;
    }

    PartitionTruth truth(TopicPartition partition) {
        return truths.computeIfAbsent(partition, missing -> new PartitionTruth());
    }

    long committed(TopicPartition partition) {
        return group().committed(partition).map(OffsetAndMetadata::offset).orElse(-1L);
    }

    PartitionTruth.Entry append(TopicPartition partition) {
        return append(partition, key());
    }

    PartitionTruth.Entry append(TopicPartition partition, @Nullable String key) {
        String id = "r" + appended++;
        FakePartition log = kafka.partition(partition);
        long offset = log.append(key, id);
        PartitionTruth.Entry entry = truth(partition).append(offset, id);
        note(() -> "append " + partition + "@" + offset + " " + id + (entry.excused ? " excused" : ""));
        return entry;
    }

    /** Whether a failure may go away; where that makes no difference, it does not. */
    boolean failsRetryable() {
        return plan.consumer().inPlaceRetries() > 0 && choices.chance(70);
    }

    private @Nullable String key() {
        int key = choices.next(1 + plan.consumer().keys());
        return key == 0 ? null : "k" + key;
    }

    void reset(TopicPartition partition, long offset) {
        note(() -> "reset " + partition + " to " + offset);
        truth(partition).excuseBelow(offset);
        truth(partition).disturbances++;
        truth(partition).highestReset = Math.max(truth(partition).highestReset, offset);
        truth(partition).outOfRangeIsPossible = true;
        group().reset(partition, new OffsetAndMetadata(offset));
    }

    /** What happened so far. */
    Tally tally() {
        return new Tally(1, happened, members.size(), deliveries, passedOver, commits, clock.nanos() / MILLI);
    }

    // ---- members

    Member join() {
        Member member = new Member(this, "m" + members.size());
        note(() -> member + " starts");
        members.add(member);
        return member;
    }

    List<Member> live() {
        return members.stream().filter(Member::isLive).toList();
    }
}
