package io.mika.simulation;

import io.mika.consumer.ConsumerOptions;
import io.mika.engine.Engine;
import io.mika.engine.EngineParts;
import io.mika.engine.Stepper;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import io.mika.event.Replay;
import io.mika.event.ReplayRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A process with one client: the engine, and what waits for the threads that it has in reality. */
final class Member {
    final World world;
    private final String name;
    private final Stepper stepper;
    /** Topics that it has consumers for. */
    private final List<String> topics = new ArrayList<>();

    /** What handler threads are to run. */
    final List<Runnable> tasks = new ArrayList<>();
    /** What the callback thread is to run, in this order. */
    final List<Runnable> callbacks = new ArrayList<>();
    /** Answers to look-ups, which come in any order. */
    final List<Runnable> answers = new ArrayList<>();

    /** What the threads of the failure path are to do. */
    final List<SenderQueue> senders = new ArrayList<>();

    private final List<Producer<byte[], byte[]>> producers = new ArrayList<>();
    final Map<TopicPartition, Assignment> assignments = new HashMap<>();
    final IdentityHashMap<ConsumerRecord<byte[], byte[]>, Polled> polled = new IdentityHashMap<>();
    final Calls calls = new Calls();

    /** What is being revoked right now. */
    Collection<TopicPartition> revoking = List.of();

    final Listening listening;
    private final Shown shown = new Shown(this);
    final Heard heard;
    final DlqConsumption dlqConsumption;
    private final Map<String, Switches> switches = new HashMap<>();
    private final Map<String, OutageTruth> outages = new HashMap<>();
    private final Turns turns;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private boolean raised;
    private boolean busy;
    private boolean dead;
    private boolean over;
    private boolean finished;
    private boolean consumerClosed;
    long stepStarted;
    int futures;
    /** What the group, too, held to be its own when it closed its consumer. */
    Set<TopicPartition> ownedAtClose = Set.of();

    Member(World world, String name) {
        this.world = world;
        this.name = name;
        this.listening = new Listening(world, this);
        this.heard = new Heard(world);
        this.turns = new Turns(world);
        topics.add(World.TOPIC);
        FailurePlan failures = world.plan.failures();
        if (failures.payments() > 0 && (world.calm || world.choices.chance(failures.knowingPayments()))) {
            topics.add(World.PAYMENTS);
        }
        EngineParts parts = new EngineParts(
                world::engineNanos,
                world.clock::millis,
                this::newConsumer,
                () -> world.kafka.consumer(null, Map.of()),
                () -> new LateLookups(world, this, world.kafka.lookups()),
                this::newProducer,
                this::newSender,
                this::execute,
                callbacks::add,
                new Waking());
        this.stepper =
                new Stepper(world.plan.config(topics.stream().map(this::binding).toList(), listening), name, parts);
        this.dlqConsumption = new DlqConsumption(world, this, stepper);
        topics.forEach(topic -> {
            switches.put(topic, new Switches(world, this, stepper, topic));
            outages.put(topic, new OutageTruth(world));
        });
    }

    private Engine.Binding binding(String topic) {
        ConsumerPlan consumer = world.plan.consumer(topic);
        ConsumerOptions options =
                consumer.options(world.plan.failures().consumer(topic).options());
        Application application = new Application(world, this, topic);
        return consumer.isBatched()
                ? Engine.Binding.batched(topic, topic, options, application)
                : new Engine.Binding(topic, topic, options, application);
    }

    private Producer<byte[], byte[]> newProducer() {
        Producer<byte[], byte[]> real = world.kafka.producer(Map.of(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 26));
        producers.add(real);
        return new WatchedProducer(world, this, real).proxy();
    }

    private SenderQueue newSender() {
        SenderQueue sender = new SenderQueue();
        senders.add(sender);
        return sender;
    }

    private Consumer<byte[], byte[]> newConsumer() {
        Consumer<byte[], byte[]> real = world.kafka.consumer(World.GROUP, world.plan.consumerProperties());
        consumer = real;
        return new WatchedConsumer(world, this, real).proxy();
    }

    private void execute(Runnable task) {
        if (world.turmoil.refusesTask()) {
            throw new RejectedExecutionException("simulated");
        }
        tasks.add(task);
    }

    /** How the poll thread waits: everybody else goes on. */
    private final class Waking implements EngineParts.Signal {
        @Override
        public void raise() {
            raised = true;
        }

        @Override
        public void await(long nanos) {
            if (!dead && !revoking.isEmpty() && revoking.stream().noneMatch(Member.this::isInHands)) {
                throw world.violate(Member.this + " waits in a rebalance for what no handler has");
            }
            long until = world.clock.nanos() + nanos;
            if (!raised && world.calm && !world.tardy && !world.pending.isEmpty()) {
                world.pending.settleOne();
            } else if (!raised) {
                world.interleave(3);
            }
            if (dead) {
                throw new IllegalStateException("dead");
            }
            if (!raised && world.clock.nanos() < until) {
                world.clock.advance(until - world.clock.nanos());
            }
            raised = false;
        }
    }

    private boolean isInHands(TopicPartition partition) {
        Assignment assignment = assignments.get(partition);
        return calls.hasAnyOf(partition)
                || (assignment != null && (assignment.hasHandedOpen() || assignment.mayBeWriting()));
    }

    // ---- what happens to it

    /** One turn of the poll thread. */
    void step() {
        busy = true;
        stepStarted = world.clock.nanos();
        turns.begins();
        try {
            if (!stepper.step()) {
                end();
            } else if (isClosing() && stepper.remaining() == 0 && !finished && world.choices.chance(50)) {
                world.note(() -> this + " reports at the deadline");
                finish();
            }
        } catch (Violation found) {
            throw found;
        } catch (RuntimeException | Error thrown) {
            if (!dead) {
                throw world.violate(new Violation(this + " step threw " + thrown, thrown));
            }
        } finally {
            busy = false;
            if (dead) {
                crash(); // also what it joined after it died
            }
        }
        shown.check();
        if (turns.isSpinning(stepStarted) && !over) {
            throw world.violate(this + " turns again and again, and neither waits nor does anything");
        }
    }

    private void crash() {
        if (consumer != null) {
            world.kafka.crash(consumer);
        }
    }

    private void end() {
        over = true;
        finish();
        Consumer<byte[], byte[]> mine = consumer;
        if (mine != null && !consumerClosed) {
            world.note(() -> this + " ended without closing its consumer");
            world.kafka.crash(mine);
        }
        assignments.values().forEach(Assignment::ends);
    }

    private void finish() {
        if (!finished) {
            finished = true;
            senders.forEach(SenderQueue::close);
            if (world.choices.chance(50)) {
                producers.forEach(producer -> producer.close(Duration.ZERO)); // else it is still on its way
            }
            stepper.finish();
            world.note(() -> this + " closed " + report());
            CloseReport report = report();
            if (report != null && report.cause().isPresent() && !world.turmoil.fatal) {
                throw world.violate(
                        this + " closed by itself: " + report.cause().get());
            }
        }
    }

    void consumerCloses() {
        Set<TopicPartition> owned = world.group().members().get(memberId());
        ownedAtClose = owned == null ? Set.of() : owned;
        consumerClosed = true;
    }

    void close(Duration timeout) {
        world.note(() -> this + " close " + timeout);
        stepper.close(timeout);
    }

    void closeNow() {
        world.note(() -> this + " closeNow");
        stepper.closeNow();
    }

    /** The process dies here and now. */
    void kill() {
        world.note(() -> this + " dies");
        dead = true;
        tasks.clear();
        callbacks.clear();
        answers.clear();
        senders.forEach(SenderQueue::close);
        world.pending.forget(this);
        crash();
        assignments.values().forEach(Assignment::ends);
    }

    Replay replay(ReplayRequest request) {
        Replay replay = stepper.replayDlq(request);
        expects(replay.completion());
        return replay;
    }

    /** It must have completed in the end. */
    void expects(CompletableFuture<?> future) {
        futures++;
        var unused = future.whenComplete((outcome, error) -> futures--);
    }

    // ---- its consumers

    Switches switches(String topic) {
        return Objects.requireNonNull(switches.get(topic));
    }

    /** Of its consumer of a topic. */
    OutageTruth outage(String topic) {
        return Objects.requireNonNull(outages.get(topic));
    }

    void changeSwitches() {
        switches(world.choices.one(topics)).change();
    }

    /** Nothing is held back any more. */
    void openSwitches() {
        switches.values().forEach(Switches::open);
    }

    // ---- what it is

    /** What it knows of a record that a handler was given. */
    @Nullable Polled polled(ConsumerRecord<byte[], byte[]> record) {
        Polled known = polled.get(record);
        if (known != null) {
            return known;
        }
        // It was read again, since it waited by its place alone, or is what a pointer stands for
        Assignment assignment = assignments.get(new TopicPartition(record.topic(), record.partition()));
        return assignment == null || !assignment.isSorted() ? null : assignment.at(record.offset());
    }

    /** Whether the record may be none that it has a handler for, and is written on. */
    boolean mayPassOn(Polled record) {
        Copy copy = record.place.copy;
        boolean isPointer = copy != null && copy.isPointer();
        return !record.place.of.foreign && (isPointer || !topics.contains(record.topic()));
    }

    boolean hasConsumerFor(String topic) {
        return topics.contains(topic);
    }

    /** Whether nothing is on its way to another topic. */
    boolean hasNothingToWrite() {
        return explain().writes().stream().allMatch(to -> to.waiting() == 0 && to.underWay() == 0);
    }

    /** Its process lives, and its poll thread. */
    boolean isLive() {
        return !dead && !over;
    }

    /** Its process lives. */
    boolean isRunning() {
        return !dead;
    }

    boolean isDead() {
        return dead;
    }

    boolean isClosing() {
        return stepper.isClosing();
    }

    boolean maySteps() {
        return isLive() && !busy;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isReady() {
        return stepper.ready().isDone();
    }

    @Nullable CloseReport report() {
        return stepper.closed().getNow(null);
    }

    Explanation explain() {
        return stepper.explain();
    }

    String memberId() {
        Consumer<byte[], byte[]> mine = consumer;
        return mine == null || consumerClosed || dead
                ? ""
                : mine.groupMetadata().memberId();
    }

    @Override
    public String toString() {
        return name;
    }
}
