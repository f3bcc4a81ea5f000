package io.mika.simulation;

import io.mika.test.fake.FakeGroup;
import io.mika.test.fake.FakeKafka;
import io.mika.test.fake.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** All there is in one run: a broker, the members of one group, an application that settles, and time. */
final class World {
    static final String TOPIC = "orders";
    /** One that not every member has a consumer for. */
    static final String PAYMENTS = "payments";

    static final String RETRY = "billing-retry";
    static final String DLQ = "billing-dlq";
    static final String GROUP = "billing";
    /** How deep events happen within others. */
    private static final int DEEPEST = 3;

    static final long MILLI = 1_000_000;

    final Choices choices;
    final VirtualClock clock = new VirtualClock();
    final History history;
    final Plan plan;
    final FakeKafka kafka;
    final Turmoil turmoil;
    final List<Member> members = new ArrayList<>();
    final Pending pending;
    final FailureTold told = new FailureTold(this);
    final Failings failings = new Failings(this);
    final Logs logs;
    final Replaying replaying = new Replaying(this);
    final TopicLives lives = new TopicLives(this);
    final Recreation recreation;

    private final Events events;
    private int happened;
    private int depth;
    private boolean instant;
    private @Nullable Violation violation;

    /** Nothing goes wrong any more. */
    boolean calm;

    /** Since when. */
    long calmSince;

    /** Handlers return and settle later, although nothing goes wrong. */
    boolean tardy;

    boolean down;
    int deliveries;
    int passedOver;
    int commits;
    int copies;
    /** Grows with whatever happens, and what is only tried is not counted. */
    long noted;

    /** A call that does not return for as long as this is set. */
    @Nullable SlowCall slowCall;

    /** Records that are to fail, and wait, for as long as this is set. */
    @Nullable LongWait longWait;

    World(Choices choices, boolean keepHistory) {
        this.choices = choices;
        this.history = new History(keepHistory, clock::nanos);
        this.plan = plan(choices);
        this.turmoil = new Turmoil(this);
        this.pending = new Pending(this);
        this.events = new Events(this);
        this.kafka = new FakeKafka(clock::nanos, clock::millis, this::await).faults(turmoil);
        this.logs = new Logs(this);
        this.recreation = new Recreation(this);
        createTopics();
        note(() -> "plan " + plan);
    }

    private void createTopics() {
        kafka.createTopic(TOPIC, plan.partitions());
        FailurePlan failures = plan.failures();
        if (plan.deletesRetries()) {
            LongWait.limit(this);
        }
        if (failures.payments() > 0) {
            kafka.createTopic(PAYMENTS, failures.payments());
        }
        if (failures.created()) {
            Stream.of(failures.retryTopic(), failures.dlqTopic())
                    .filter(Objects::nonNull)
                    .forEach(topic -> kafka.createTopic(topic, failures.partitions()));
        }
    }

    /** What a run begins with. */
    static Plan plan(Choices choices) {
        var unused = choices.nextSlice();
        return Plan.draw(choices);
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
        failurePartitions().forEach(this::leaveFromBefore);
        for (int i = 0; i < plan.members(); i++) {
            join();
        }
    }

    private void leaveFromBefore(TopicPartition partition) {
        int records = choices.next(3);
        for (int i = 0; i < records; i++) {
            new Strangers(this).append(partition);
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

    static boolean isOfConsumer(TopicPartition partition) {
        return partition.topic().equals(TOPIC) || partition.topic().equals(PAYMENTS);
    }

    List<String> consumerTopics() {
        return plan.failures().payments() > 0 ? List.of(TOPIC, PAYMENTS) : List.of(TOPIC);
    }

    /** Those of the consumers' own topics. */
    List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        consumerTopics().forEach(topic -> all.addAll(partitions(topic)));
        return all;
    }

    List<TopicPartition> partitions(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int number = 0; number < kafka.partitions(topic); number++) {
            all.add(new TopicPartition(topic, number));
        }
        return all;
    }

    /** Those of the retry topic and of the dead letter queue, as far as they exist. */
    List<TopicPartition> failurePartitions() {
        if (!plan.failures().hasTopics()) {
            return List.of();
        }
        List<TopicPartition> all = partitions(RETRY);
        all.addAll(partitions(DLQ));
        return all;
    }

    List<TopicPartition> allPartitions() {
        List<TopicPartition> all = partitions();
        all.addAll(failurePartitions());
        return all;
    }

    long committed(TopicPartition partition) {
        return group().committed(partition).map(OffsetAndMetadata::offset).orElse(-1L);
    }

    /** Somebody publishes a record. */
    Published append(TopicPartition partition) {
        int key = choices.next(1 + plan.consumer(partition.topic()).keys());
        return append(partition, key == 0 ? null : bytes("k" + key));
    }

    Published append(TopicPartition partition, byte @Nullable [] key) {
        Headers headers = new RecordHeaders();
        byte[] value = bytes(logs.nextId());
        headers.add(Published.ID, value);
        boolean isOdd = plan.failures().hasTopics() && !calm && choices.chance(15);
        if (isOdd) {
            headers.add("trace", null).add("trace", bytes("1")).add("mika_err_billing2_org_topic", bytes(TOPIC));
        }
        Published record = logs.append(
                partition,
                isOdd && key == null ? bytes("key") : key,
                isOdd && choices.chance(30) ? null : value,
                headers,
                false);
        record.large = isOdd && choices.chance(50);
        return record;
    }

    /** Also to what a client alone writes to, as another group, or another client of this one, does. */
    void appendAny(TopicPartition partition) {
        if (isOfConsumer(partition)) {
            var unused = append(partition);
        } else {
            new Strangers(this).append(partition);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What all producers had under way fails, and they send no more. */
    void breakProducers() {
        note(() -> "producers break");
        kafka.breakProducers(new ProducerFencedException("simulated"));
    }

    void reset(TopicPartition partition, long offset) {
        note(() -> "reset " + partition + " to " + offset);
        PartitionTruth truth = logs.truth(partition);
        truth.excuseBelow(offset);
        truth.disturbances++;
        truth.highestReset = Math.max(truth.highestReset, offset);
        truth.outOfRangeIsPossible = true;
        group().reset(partition, new OffsetAndMetadata(offset));
    }

    /** What happened so far. */
    Tally tally() {
        return new Tally(1, happened, members.size(), deliveries, passedOver, commits, copies, clock.nanos() / MILLI);
    }

    // ---- members

    Member join() {
        Member member = new Member(this, "m" + members.size());
        note(() -> member + " starts");
        members.add(member);
        return member;
    }

    List<Member> live() {
        List<Member> live = new ArrayList<>(members.size());
        for (Member member : members) {
            if (member.isLive()) {
                live.add(member);
            }
        }
        return live;
    }
}
