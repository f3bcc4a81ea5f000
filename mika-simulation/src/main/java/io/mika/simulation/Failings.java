package io.mika.simulation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the application failed, by what it gave as a reason. */
final class Failings {
    /** So many records still fail when nothing else goes wrong. */
    private static final int MOST_IN_THE_END = 4;

    private record Key(String reason, String record) {}

    private final World world;
    private final Map<Key, Failing> known = new HashMap<>();
    private int reasons;
    private int inTheEnd;

    Failings(World world) {
        this.world = world;
    }

    String nextReason() {
        return "f" + reasons++;
    }

    void add(Failing failing) {
        known.put(new Key(failing.reason, failing.record.id()), failing);
    }

    /** Null for none that was told. */
    @Nullable Failing of(String reason, Published record) {
        return known.get(new Key(reason, record.id));
    }

    /** Few do, so that there is an end. */
    boolean mayFailInTheEnd() {
        boolean fails = inTheEnd < MOST_IN_THE_END && world.slowCall == null && world.choices.chance(15);
        inTheEnd += fails ? 1 : 0;
        return fails;
    }
}
