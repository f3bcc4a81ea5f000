package io.mika.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows how it goes on standard error: on a terminal a line that is rewritten in place, else only the few events.
 * Owned by the thread that runs the demo.
 */
final class Screen {
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final String CLEAR_LINE = "\r\033[2K";

    /** What does not fit is cut off: a line that went on in the next row could not be rewritten. */
    private static final String CUT = "\033[?7l";

    private static final String WRAP = "\033[?7h";

    private final PrintWriter err;
    private final boolean terminal;
    private Progress shown = Progress.START;

    /** Whether standard error is a terminal, only the launcher can tell: {@code System.console()} asks about others. */
    static final String TERMINAL_PROPERTY = "mika.terminal";

    Screen(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    void event(String text) {
        clear();
        err.println(text);
        err.flush();
    }

    boolean isDue(Duration elapsed) {
        return terminal && elapsed.minus(shown.elapsed()).compareTo(BETWEEN) >= 0;
    }

    void show(Progress progress) {
        err.print(CLEAR_LINE + CUT + progress.line(shown) + WRAP);
        err.flush();
        shown = progress;
    }

    /** Leaves the line empty, for what is printed next. */
    void clear() {
        if (terminal) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }
}
