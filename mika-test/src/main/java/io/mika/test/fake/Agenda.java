package io.mika.test.fake;

import java.util.Map;
import java.util.TreeMap;

/** What happens when: events in order of time, those of one time in the order in which they were added. */
final class Agenda {

    static final long NEVER = Long.MAX_VALUE;

    private record Due(long at, long order) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    private final TreeMap<Due, Runnable> events = new TreeMap<>();
    private long added;

    void add(long at, Runnable event) {
        events.put(new Due(at, added++), event);
    }

    /** Runs what is due, also what becomes due by it. */
    boolean run(long now) {
        boolean ran = false;
        for (Map.Entry<Due, Runnable> first = events.firstEntry();
                first != null && first.getKey().at <= now;
                first = events.firstEntry()) {
            events.remove(first.getKey());
            first.getValue().run();
            ran = true;
        }
        return ran;
    }

    /** When the next event is due, or {@link #NEVER}. */
    long next() {
        return events.isEmpty() ? NEVER : events.firstKey().at;
    }
}
