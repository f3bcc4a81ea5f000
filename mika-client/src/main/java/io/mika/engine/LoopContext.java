package io.mika.engine;

/** What the parts of the poll loop ask of it. <i>Owned by the poll thread</i>, but for {@link #command}. */
interface LoopContext {
    long nanoTime();

    /** Epoch milliseconds. Any thread. */
    long wallMillis();

    EngineEvents events();

    /** Runs this on the poll thread, soon. Any thread. */
    void command(Runnable command);

    /** A look-up failed and will be made again: reports it, or closes the client where it can never succeed. */
    void lookupFailed(String what, Throwable error);

    /** The client cannot go on: it closes with this cause. */
    void fatal(Throwable cause);

    /** Completes a future of the application's, or nothing after the end. Any thread. */
    void onCallbacks(Runnable completion);

    /** What goes on while the poll thread waits, also within a callback of Kafka's. */
    void meanwhile();

    /** The next turn commits. */
    void commitAtOnce();
}
