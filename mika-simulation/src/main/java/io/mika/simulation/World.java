package io.mika.simulation;

import io.mika.test.fake.FakeGroup;
import io.mika.test.fake.FakeKafka;
import io.mika.test.fake.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
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
    /** So many records still fail when nothing else goes wrong. */
    private static final int FAILURES_IN_THE_END = 4;

    final Choices choices;
    final VirtualClock clock = new VirtualClock();
    final History history;
    final Plan plan;
    final FakeKafka kafka;
    final Turmoil turmoil;
    final List<Member> members = new ArrayList<>();
    final Pending pending;
    /** By what they were given as a reason. */
    final Map<String, Failing> failings = new HashMap<>();

    final Replaying replaying = new Replaying(this);

    private final FailureLogs failureLogs;
    private final Map<String, Published> published = new HashMap<>();
    private final Map<TopicPartition, PartitionTruth> truths = new HashMap<>();
    private final Events events;
    private long numbers;
    private int reasons;
    private int failedInTheEnd;
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

    World(Choices choices, boolean keepHistory) {
        this.choices = choices;
        this.history = new History(keepHistory, clock::nanos);
        this.plan = plan(choices);
        this.turmoil = new Turmoil(this);
        this.pending = new Pending(this);
        this.events = new Events(this);
        this.failureLogs = new FailureLogs(this);
        this.kafka = new FakeKafka(clock::nanos, clock::millis, this::await).faults(turmoil);
        createTopics();
        note(() -> "plan " + plan);
    }

    private void createTopics() {
        kafka.createTopic(TOPIC, plan.partitions());
        FailurePlan failures = plan.failures();
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
            check();
        }
        new Ending(this).play();
        check();
    }

    private void begin() {
        for (TopicPartition partition : partitions()) {
            int records = choices.next(4);
            for (int i = 0; i < records; i++) {
                append(partition);
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

    // ---- time, and what happens within something else

    /** A call of Kafka's waits. */
    private void await(long nanos) {
        long before = clock.nanos();
        if (!calm && choices.chance(30)) {
            interleave(3);
        }
        if (clock.nanos() == before && (calm || choices.chance(50))) {
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

    /** Those of the consumers' own topics. */
    List<TopicPartition> partitions() {
        List<TopicPartition> all = partitions(TOPIC);
        if (plan.failures().payments() > 0) {
            all.addAll(partitions(PAYMENTS));
        }
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

    PartitionTruth truth(TopicPartition partition) {
        return truths.computeIfAbsent(partition, PartitionTruth::new);
    }

    long committed(TopicPartition partition) {
        return group().committed(partition).map(OffsetAndMetadata::offset).orElse(-1L);
    }

    /** Somebody publishes a record. */
    void append(TopicPartition partition) {
        Headers headers = new RecordHeaders();
        byte[] value = bytes(nextId());
        headers.add(Published.ID, value);
        boolean isOdd = plan.failures().hasTopics() && !calm && choices.chance(15);
        if (isOdd) {
            headers.add("trace", null).add("trace", bytes("1")).add("mika_err_billing2_org_topic", bytes(TOPIC));
        }
        Published record = append(
                partition, isOdd ? bytes("key") : null, isOdd && choices.chance(30) ? null : value, headers, false);
        record.large = isOdd && choices.chance(50);
    }

    Published append(
            TopicPartition partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            boolean foreign) {
        Published record = new Published(Published.id(headers), key, value, headers, foreign);
        published.put(record.id, record);
        long offset = kafka.partition(partition).append(clock.millis(), key, value, headers);
        PartitionTruth.Entry entry = append(partition, offset, record, Copy.read(headers));
        note(() -> "append " + entry + (entry.excused ? " excused" : "") + (foreign ? " of another group" : ""));
        return record;
    }

    /** It is in that log now. */
    PartitionTruth.Entry append(TopicPartition partition, long offset, Published record, @Nullable Copy copy) {
        return truth(partition).append(offset, record, copy, numbers++);
    }

    /** A client's record is in a log. */
    void appended(ProducerRecord<byte[], byte[]> record, TopicPartition partition, long offset) {
        note(() -> "in the log: " + partition + "@" + offset + " " + Published.id(record.headers()));
        failureLogs.appended(record, partition, offset);
    }

    /** Which it is that bears these headers; null for none that was published. */
    @Nullable Published published(Headers headers) {
        return published.get(Published.id(headers));
    }

    /** The number that the next entry of a log gets. */
    long numbers() {
        return numbers;
    }

    String nextId() {
        return "r" + published.size();
    }

    String nextReason() {
        return "f" + reasons++;
    }

    /** Few do, so that there is an end. */
    boolean mayFailInTheEnd() {
        boolean fails = failedInTheEnd < FAILURES_IN_THE_END && choices.chance(15);
        failedInTheEnd += fails ? 1 : 0;
        return fails;
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
        truth(partition).excuseBelow(offset);
        truth(partition).disturbances++;
        truth(partition).outOfRangeIsPossible = true;
        group().reset(partition, new OffsetAndMetadata(offset));
    }

    /** What happened so far. */
    Tally tally() {
        return new Tally(
                1, happened, members.size(), deliveries, passedOver, commits, copies, clock.nanos() / 1_000_000);
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
