package io.mika.engine;

/**
 * A consumer as the retry topic and the dead letter queue see it. <i>Owned by the poll thread.</i>
 *
 * @param dispatch where its handler calls get their threads, those for its own topic among them
 * @param concurrency how many calls for one partition may run at once
 * @param waiting of its records, over all partitions
 */
record RetryConsumer(Engine.Binding binding, Dispatch dispatch, int concurrency, WaitingBudget waiting) {}
