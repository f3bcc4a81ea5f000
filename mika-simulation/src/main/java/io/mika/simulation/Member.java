package io.mika.simulation;

import io.mika.consumer.ConsumerOptions;
import io.mika.engine.Engine;
import io.mika.engine.EngineParts;
import io.mika.engine.Stepper;
import io.mika.event.CloseReport;
import io.mika.event.Explanation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A process with one client: the engine, and what waits for the threads that it has in reality. */
final class Member {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    final World world;
    private final String name;
    private final Stepper stepper;
    private final Application application;

    /** What handler threads are to run. */
    final List<Runnable> tasks = new ArrayList<>();
    /** What the callback thread is to run, in this order. */
    final List<Runnable> callbacks = new ArrayList<>();
    /** Answers to look-ups, which come in any order. */
    final List<Runnable> answers = new ArrayList<>();

    final Map<TopicPartition, Assignment> assignments = new HashMap<>();
    final IdentityHashMap<ConsumerRecord<byte[], byte[]>, Polled> polled = new IdentityHashMap<>();
    final Calls calls = new Calls();
    final Switches switches;

    /** What is being revoked right now. */
    Collection<TopicPartition> revoking = List.of();

    final Listening listening;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private boolean raised;
    private boolean busy;
    private boolean dead;
    private boolean over;
    private boolean finished;
    private boolean consumerClosed;
    long stepStarted;
    private final Turns turns;
    int futures;
    /** What the group, too, held to be its own when it closed its consumer. */
    Set<TopicPartition> ownedAtClose = Set.of();

    Member(World world, String name) {
        this.world = world;
        this.name = name;
        this.turns = new Turns(world);
        this.application = new Application(world, this);
        this.listening = new Listening(world, this);
        EngineParts parts = new EngineParts(
                world::engineNanos,
                world.clock::millis,
                this::newConsumer,
                () -> world.kafka.consumer(null, Map.of()),
                () -> new LateLookups(world, this, world.kafka.lookups()),
                () -> world.kafka.producer(Map.of()),
                () -> tasks::add,
                this::execute,
                callbacks::add,
                new Waking());
        this.stepper = new Stepper(config(), name, parts);
        this.switches = new Switches(world, this, stepper);
    }

    private Engine.Config config() {
        Plan plan = world.plan;
        ConsumerOptions options = plan.consumer().options();
        Engine.Binding binding = plan.consumer().batchRecords() > 0
                ? Engine.Binding.batched(World.TOPIC, World.TOPIC, options, application)
                : new Engine.Binding(World.TOPIC, World.TOPIC, options, application);
        return new Engine.Config(
                World.GROUP,
                List.of(binding),
                Engine.FailureTopics.NONE,
                plan.start(),
                "",
                CLOSE_TIMEOUT,
                plan.drainTimeout(),
                plan.commitInterval(),
                true,
                null,
                plan.maxPollInterval(),
                plan.consumer().concurrency(),
                plan.limits(),
                List.of(listening),
                List.of(),
                List.of());
    }

    private Consumer<byte[], byte[]> newConsumer() {
        Map<String, Object> properties = new HashMap<>(world.plan.protocol());
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, world.plan.maxPollRecords());
        properties.put(
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                world.plan.maxPollInterval().toMillis());
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        Consumer<byte[], byte[]> real = world.kafka.consumer(World.GROUP, properties);
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
        return calls.hasAnyOf(partition) || (assignment != null && assignment.hasHandedOpen());
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
        assignments.values().forEach(assignment -> assignment.ended = true);
    }

    private void finish() {
        if (!finished) {
            finished = true;
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
        world.pending.forget(this);
        crash();
        assignments.values().forEach(assignment -> assignment.ended = true);
    }

    // ---- what it is

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
