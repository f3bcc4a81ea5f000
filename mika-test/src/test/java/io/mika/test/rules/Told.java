package io.mika.test.rules;

import io.mika.event.ClientListener;
import io.mika.event.CloseReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** What a client's listener was told, in words. <i>For one thread.</i> */
final class Told implements ClientListener {
    private final List<String> events = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private Runnable revoked = () -> {};
    private Runnable lost = () -> {};

    /** What else happens when a revoke is told of. */
    void onRevoke(Runnable action) {
        revoked = action;
    }

    /** What else happens when a loss is told of. */
    void onLost(Runnable action) {
        lost = action;
    }

    List<String> events() {
        return List.copyOf(events);
    }

    /** Those of the events that begin with this word. */
    List<String> events(String word) {
        return events.stream().filter(event -> event.startsWith(word)).toList();
    }

    List<Throwable> errors() {
        return List.copyOf(errors);
    }

    Stream<Throwable> errors(Class<? extends Throwable> kind) {
        return errors.stream().filter(kind::isInstance);
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
    }

    @Override
    public void onAssigned(Set<TopicPartition> partitions) {
        note("assigned", partitions);
    }

    @Override
    public void onRevoked(Set<TopicPartition> partitions) {
        note("revoked", partitions);
        revoked.run();
    }

    @Override
    public void onLost(Set<TopicPartition> partitions) {
        note("lost", partitions);
        lost.run();
    }

    private void note(String what, Set<TopicPartition> partitions) {
        Set<String> sorted =
                new TreeSet<>(partitions.stream().map(TopicPartition::toString).toList());
        events.add(what + " " + sorted);
    }

    @Override
    public void onRewound(TopicPartition partition, long from, long to) {
        events.add("rewound " + partition + " from " + from + " to " + to);
    }

    @Override
    public void onRecordsExpired(TopicPartition partition, long fromOffset, long toOffset) {
        events.add("expired " + partition + " from " + fromOffset + " to " + toOffset);
    }

    @Override
    public void onClosed(CloseReport report) {
        events.add("closed");
    }
}
