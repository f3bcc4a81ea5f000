package io.mika.test.fake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What all parts of the fake share: time, topics, groups, faults, what is under way. */
final class Broker {

    final LongSupplier millis;
    final Topics topics = new Topics();
    final TreeMap<String, Coordinator> groups = new TreeMap<>();
    final List<CommitEntry> history = new ArrayList<>();

    /** Requests and answers under way; run by whoever looks at the broker. */
    final Agenda network = new Agenda();

    /** What applications are told on threads of Kafka's own; run by the driver alone. */
    final Agenda answers = new Agenda();

    Faults faults = Faults.NONE;
    boolean autoCreate = true;
    final Map<String, Map<String, String>> topicSettings = new HashMap<>();
    int maxMessageBytes = 1_048_588;

    private final LongSupplier nanos;
    private final Waiting waiting;
    private final Set<Runnable> connections = new LinkedHashSet<>();
    private final List<Runnable> onUp = new ArrayList<>();
    private boolean down;

    Broker(LongSupplier nanos, LongSupplier millis, Waiting waiting) {
        this.nanos = nanos;
        this.millis = millis;
        this.waiting = waiting;
    }

    long now() {
        return nanos.getAsLong();
    }

    long in(long nanosFromNow) {
        long now = now();
        return nanosFromNow > Agenda.NEVER - now ? Agenda.NEVER : now + nanosFromNow;
    }

    Coordinator group(String name) {
        return groups.computeIfAbsent(name, missing -> new Coordinator(missing, this));
    }

    boolean isDown() {
        return down;
    }

    /** Connections break: whoever waits for an answer hears of it. */
    void reconnect() {
        new ArrayList<>(connections).forEach(Runnable::run);
    }

    void down() {
        down = true;
        reconnect();
    }

    void up() {
        down = false;
        List<Runnable> parked = new ArrayList<>(onUp);
        onUp.clear();
        parked.forEach(Runnable::run);
    }

    /** A client that hears of broken connections, until it is closed. */
    void connect(Runnable onLoss) {
        connections.add(onLoss);
    }

    void disconnect(Runnable onLoss) {
        connections.remove(onLoss);
    }

    void onUp(Runnable parked) {
        onUp.add(parked);
    }

    /** Brings the broker up to date; runs nothing of the applications'. */
    void tick() {
        network.run(now());
        if (!down) {
            groups.values().forEach(group -> group.expire(now()));
        }
    }

    boolean runDue() {
        tick();
        boolean ran = answers.run(now());
        tick();
        return ran;
    }

    long next() {
        return Math.min(network.next(), answers.next());
    }

    /** Waits until done or until the deadline, or until the driver lets no time pass; says whether it is done. */
    boolean await(BooleanSupplier done, long deadline) {
        while (true) {
            tick();
            long before = now();
            if (done.getAsBoolean()) {
                return true;
            }
            if (before >= deadline) {
                return false;
            }
            waiting.await(Math.min(deadline, network.next()) - before);
            if (now() == before) {
                tick();
                return done.getAsBoolean();
            }
        }
    }

    /** Waits a while; says whether time passed. */
    boolean pause(long nanosFromNow, long deadline) {
        long before = now();
        long until = Math.min(in(nanosFromNow), deadline);
        await(() -> now() >= until, until);
        return now() > before;
    }
}
