package io.mika.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the application failed, by what it gave as a reason. */
final class Failings {
    /** So many records still fail when nothing else goes wrong. */
    private static final int MOST_IN_THE_END = 4;

    private record Key(String reason, String record) {}

    private final World world;
    /** Several where a batch had the same record several times. */
    private final Map<Key, List<Failing>> known = new HashMap<>();

    private int reasons;
    private int inTheEnd;

    Failings(World world) {
        this.world = world;
    }

    String nextReason() {
        return "f" + reasons++;
    }

    void add(Failing failing) {
        known.computeIfAbsent(new Key(failing.reason, failing.record.id()), none -> new ArrayList<>(1))
                .add(failing);
    }

    /** By which there is such a copy in this topic; null for none that was told. */
    @Nullable Failing of(String reason, Published record, Copy copy, String topic) {
        List<Failing> all = known.getOrDefault(new Key(reason, record.id), List.of());
        for (Failing failing : all) {
            boolean isThere = failing.isWritten(topic);
            if (copy.isParked() ? isThere : !isThere && leadsTo(failing, topic)) {
                return failing;
            }
        }
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    private boolean leadsTo(Failing failing, String topic) {
        boolean isSentOn = topic.equals(World.DLQ) && world.turmoil.isRefusedToRetry(failing.record.place.of);
        return switch (failing.way) {
            case RETRY -> topic.equals(World.RETRY) || isSentOn;
            case DLQ -> topic.equals(World.DLQ);
            case IN_PLACE, NOWHERE -> false;
        };
    }

    /** Few do, so that there is an end. */
    boolean mayFailInTheEnd() {
        boolean fails = inTheEnd < MOST_IN_THE_END && world.slowCall == null && world.choices.chance(15);
        inTheEnd += fails ? 1 : 0;
        return fails;
    }
}
