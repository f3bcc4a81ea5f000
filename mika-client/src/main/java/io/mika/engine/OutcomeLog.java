package io.mika.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sums up what became of single records, for the log: one line per consumer and kind in ten seconds, however many there
 * are. <i>Thread-safe.</i>
 */
final class OutcomeLog {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_CHARACTERS = 200;

    private final String clientId;
    private final Consumer<String> lines;
    /** By kind, and by consumer. */
    private final Map<String, Map<String, Sum>> sums = new ConcurrentHashMap<>();

    /** Under its own lock. */
    private static final class Sum {
        private long records;
        private String first = "";
        private boolean told;
        private long toldAt;
    }

    OutcomeLog(String clientId, Consumer<String> lines) {
        this.clientId = clientId;
        this.lines = lines;
    }

    /**
     * One more record.
     *
     * @param kind what became of it
     * @param story where it was and why; asked for the first of those that are told together
     */
    void add(String kind, String consumer, Supplier<String> story) {
        Sum sum = sums.computeIfAbsent(kind, missing -> new ConcurrentHashMap<>())
                .computeIfAbsent(consumer, missing -> new Sum());
        synchronized (sum) {
            if (sum.records++ == 0) {
                sum.first = story.get();
            }
        }
    }

    /** Writes what is due: what came when nothing had been told for so long, or the window is over. */
    void write(long now) {
        write(now, false);
    }

    /** Writes all of it: nothing comes after this. */
    void writeAll() {
        write(0, true);
    }

    private void write(long now, boolean all) {
        sums.forEach((kind, consumers) -> consumers.forEach((consumer, sum) -> write(kind, consumer, sum, now, all)));
    }

    private void write(String kind, String consumer, Sum sum, long now, boolean all) {
        String line;
        synchronized (sum) {
            if (sum.records == 0 || (!all && sum.told && now - sum.toldAt < WINDOW_NANOS)) {
                return;
            }
            line = kind + " client=" + clientId + " consumer=" + consumer + " records=" + sum.records + " first=\""
                    + shortened(sum.first) + "\"";
            sum.records = 0;
            sum.told = true;
            sum.toldAt = now;
        }
        lines.accept(line);
    }

    private static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }
}
