package io.mika;

/** Runs an action when the JVM is asked to end, and keeps it from ending before. <i>Thread-safe.</i> */
final class ShutdownHook {
    private final Thread thread;

    ShutdownHook(String name, Runnable action) {
        thread = new Thread(action, name);
    }

    /** @throws IllegalStateException if the JVM is ending already */
    void install() {
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** No effect where it is not installed, or runs already. */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException ending) {
            // the JVM is ending: the hook runs, or has run
        }
    }
}
