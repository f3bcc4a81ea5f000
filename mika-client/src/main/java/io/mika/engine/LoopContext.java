package io.mika.engine;

/** What the parts of the poll loop ask of it. <i>Owned by the poll thread</i>, but for {@link #command}. */
interface LoopContext {
    long nanoTime();

    EngineEvents events();

    /** Runs this on the poll thread, soon. Any thread. */
    void command(Runnable command);

    /** A look-up failed and will be made again: reports it, or closes the client where it can never succeed. */
    void lookupFailed(String what, Throwable error);

    /** The client cannot go on: it closes with this cause. */
    void fatal(Throwable cause);

    /** The next turn commits. */
    void commitAtOnce();
}
