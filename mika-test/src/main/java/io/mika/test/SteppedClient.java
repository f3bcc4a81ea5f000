package io.mika.test;

import io.mika.engine.Engine;
import io.mika.engine.EngineParts;
import io.mika.engine.Stepper;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client: its engine, stepped by hand, and what its threads would have to do. <i>For one thread</i>, which is in turn
 * its poll thread, a handler thread, its callback thread, and the one that waits for its end.
 */
final class SteppedClient implements EngineParts.Signal {
    /** Where its poll thread is. */
    enum Place {
        /** In its loop, where it waits for work. */
        LOOP,
        POLL,
        /** In a rebalance callback, which {@code poll} waits for. */
        CALLBACK
    }

    private final Turns turns;
    private final Stepper stepper;
    private final Queue<Runnable> handlerTasks = new ArrayDeque<>();
    private final Queue<Runnable> callbackTasks = new ArrayDeque<>();
    private @Nullable Consumer<byte[], byte[]> consumer;
    private Place place = Place.LOOP;
    private boolean stepping;
    private boolean runsCallback;
    private boolean raised;
    private boolean asleep;
    private long sleepsUntil;
    private boolean over;
    private boolean finished;
    private boolean crashed;

    /** @param wrapper what of Kafka's consumer the engine is given */
    SteppedClient(
            Turns turns,
            Engine.Config config,
            String clientId,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Function<Consumer<byte[], byte[]>, Consumer<byte[], byte[]>> wrapper,
            Map<String, ?> readerProperties,
            Map<String, ?> producerProperties) {
        this.turns = turns;
        this.stepper = new Stepper(
                config,
                clientId,
                new EngineParts(
                        turns.clock()::nanos,
                        turns.clock()::millis,
                        () -> {
                            Consumer<byte[], byte[]> made = consumers.get();
                            consumer = made;
                            return SteppedConsumer.of(wrapper.apply(made), this);
                        },
                        () -> turns.kafka().consumer(null, readerProperties),
                        turns.kafka()::lookups,
                        () -> turns.kafka().producer(producerProperties),
                        () -> handlerTasks::add,
                        handlerTasks::add,
                        callbackTasks::add,
                        this));
    }

    Stepper stepper() {
        return stepper;
    }

    // ---- turns

    boolean mayStep() {
        return !stepping && !over && !crashed;
    }

    /** One turn of the poll loop; false if it had nothing to do and waits. */
    boolean step() {
        asleep = false;
        stepping = true;
        try {
            over = !stepper.step();
        } finally {
            stepping = false;
        }
        return !asleep;
    }

    /** What handler and callback threads have to do; whether there was anything. */
    boolean runTasks() {
        return !crashed && (runCallbacks() || runHandlers());
    }

    /** One after another, as on one thread: not while a callback lets time pass. */
    private boolean runCallbacks() {
        if (runsCallback || callbackTasks.isEmpty()) {
            return false;
        }
        runsCallback = true;
        try {
            runAll(callbackTasks);
        } finally {
            runsCallback = false;
        }
        return true;
    }

    private boolean runHandlers() {
        if (handlerTasks.isEmpty()) {
            return false;
        }
        runAll(handlerTasks);
        return true;
    }

    private void runAll(Queue<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null && !crashed; task = tasks.poll()) {
            task.run();
        }
    }

    /** What the thread does that waits for the end: the loop is through, or the deadline is over. */
    boolean endIfDue() {
        boolean due = over || (stepper.isClosing() && stepper.remaining() == 0);
        if (finished || crashed || !due) {
            return false;
        }
        finished = true;
        stepper.finish();
        return true;
    }

    /** When it wants its next turn, if nothing happens before. */
    long wakesAt() {
        if (over || crashed) {
            return Long.MAX_VALUE;
        }
        long deadline = stepper.isClosing() && !finished ? turns.later(stepper.remaining()) : Long.MAX_VALUE;
        return Math.min(deadline, stepping ? Long.MAX_VALUE : sleepsUntil);
    }

    /** Whether it will never have anything to do again. */
    boolean isGone() {
        return crashed || (over && finished && callbackTasks.isEmpty() && handlerTasks.isEmpty());
    }

    /** Its process dies. */
    void crash() {
        crashed = true;
        Consumer<byte[], byte[]> dying = consumer;
        if (dying != null) {
            turns.kafka().crash(dying);
        }
    }

    /** Whether the code that asks runs on a thread of this client's, which must not wait for the client. */
    boolean isOwnThread() {
        return runsCallback || stepper.onHandlerThread();
    }

    // ---- waiting

    boolean isPolling() {
        return place == Place.POLL;
    }

    /** Where the poll thread goes; returns where it was. */
    Place goTo(Place there) {
        Place before = place;
        place = there;
        return before;
    }

    /** Gives up the turn. */
    void sleep(long nanos) {
        asleep = true;
        sleepsUntil = turns.later(nanos);
    }

    @Override
    public void raise() {
        raised = true;
    }

    @Override
    public void await(long nanos) {
        if (!raised && place == Place.CALLBACK) {
            turns.letPass(nanos, () -> raised);
        } else if (!raised) {
            sleep(nanos);
        }
        raised = false;
    }
}
