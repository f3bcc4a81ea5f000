package io.mika.test;

import io.mika.test.fake.FakeKafka;
import io.mika.test.fake.VirtualClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients on one fake broker, which take turns in one thread, and the clock, which moves when nobody has anything to
 * do. <i>For one thread.</i>
 *
 * <p>A client that polls in vain, or waits in its loop, gives up its turn and says until when. A client that waits within
 * a rebalance callback, or for a commit or a close, cannot: the others then take their turns inside of its wait, its own
 * handlers among them. In the same way a handler may let time pass while it runs.
 */
final class Turns {
    /** So many rounds in which nobody did anything: a round of a group's rebalance may be of no consequence. */
    private static final int QUIET_ROUNDS = 3;

    private static final int MANY_ROUNDS = 10_000;

    private final VirtualClock clock = new VirtualClock();
    private final FakeKafka kafka = new FakeKafka(clock::nanos, clock::millis, this::whileKafkaWaits);
    private final List<SteppedClient> clients = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();

    /** Whose turn it is; null while a handler or a callback runs, or the test. */
    private @Nullable SteppedClient current;

    private int depth;

    VirtualClock clock() {
        return clock;
    }

    FakeKafka kafka() {
        return kafka;
    }

    void add(SteppedClient client) {
        clients.add(client);
    }

    /** Something that the test must see: it is thrown where the test lets the clients run. */
    void thrown(Throwable error) {
        thrown.add(error);
    }

    /** Runs until nobody has anything to do at this moment. */
    void runUntilIdle() {
        letPass(0, () -> false);
    }

    /** Lets time pass, and everybody do what there is to do meanwhile; ends early when there is no need to wait more. */
    void letPass(long nanos, BooleanSupplier enough) {
        SteppedClient waiting = current;
        current = null;
        depth++;
        try {
            long end = later(nanos);
            settle();
            while (!enough.getAsBoolean() && clock.nanos() < end) {
                moveOn(end);
                settle();
            }
        } finally {
            depth--;
            current = waiting;
        }
        if (depth == 0) {
            throwWhatWasThrown();
        }
    }

    long later(long nanos) {
        long now = clock.nanos();
        return nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    }

    private void settle() {
        int quiet = 0;
        for (int rounds = 0; quiet < QUIET_ROUNDS; rounds++) {
            if (rounds == MANY_ROUNDS) {
                throw new IllegalStateException("after " + MANY_ROUNDS + " rounds without time passing there is still"
                        + " something to do; does a handler publish to its own topic?");
            }
            quiet = round() ? 0 : quiet + 1;
        }
    }

    /** Everybody's turn; whether somebody had something to do. */
    private boolean round() {
        boolean busy = kafka.runDue();
        for (SteppedClient client : new ArrayList<>(clients)) {
            busy |= client.runTasks();
            busy |= turn(client);
            busy |= client.endIfDue();
        }
        clients.removeIf(SteppedClient::isGone);
        return busy;
    }

    private boolean turn(SteppedClient client) {
        if (!client.mayStep()) {
            return false;
        }
        SteppedClient before = current;
        current = client;
        try {
            return client.step();
        } finally {
            current = before;
        }
    }

    private void moveOn(long end) {
        long next = Math.min(end, kafka.nextDue());
        for (SteppedClient client : clients) {
            next = Math.min(next, client.wakesAt());
        }
        clock.advance(Math.max(1, next - clock.nanos()));
    }

    private void whileKafkaWaits(long nanos) {
        SteppedClient waiting = current;
        if (waiting != null && waiting.isPolling()) {
            waiting.sleep(nanos);
        } else {
            long before = clock.nanos();
            letPass(nanos, () -> clock.nanos() > before);
        }
    }

    private void throwWhatWasThrown() {
        if (thrown.isEmpty()) {
            return;
        }
        Set<Throwable> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        Throwable first = thrown.get(0);
        distinct.add(first);
        thrown.stream().filter(distinct::add).forEach(first::addSuppressed);
        thrown.clear();
        if (first instanceof Error error) {
            throw error;
        }
        throw first instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(first);
    }
}
