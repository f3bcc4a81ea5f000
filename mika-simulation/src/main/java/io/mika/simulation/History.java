package io.mika.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What happened, a line for each event; costs nothing where nobody reads it. */
final class History {
    private final boolean kept;
    private final LongSupplier nanos;
    private final List<String> lines = new ArrayList<>();
    private int depth;

    History(boolean kept, LongSupplier nanos) {
        this.kept = kept;
        this.nanos = nanos;
    }

    void note(Supplier<String> what) {
        if (kept) {
            long micros = nanos.getAsLong() / 1000;
            lines.add("%10.3f ms %s%s".formatted(micros / 1000.0, "  ".repeat(depth), what.get()));
        }
    }

    /** What is noted from here on happens within what was noted last. */
    void in() {
        depth++;
    }

    void out() {
        depth--;
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
