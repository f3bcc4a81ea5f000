package io.mika.cli.demo;

/**
 * What the group would be given again if it came back: the records at or past its committed offsets. Filled by
 * {@link GroupTail}, read by {@link Reconciliation}. Owned by one thread.
 */
final class Tail {
    private final IdSet ids = new IdSet();
    private final long[] records = new long[Order.TOPICS.size()];

    void add(long id) {
        ids.add(id);
        records[Order.topicOf(id)]++;
    }

    boolean contains(long id) {
        return ids.contains(id);
    }

    long records(int topic) {
        return records[topic];
    }
}
