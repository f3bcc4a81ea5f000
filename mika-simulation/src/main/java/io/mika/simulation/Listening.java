package io.mika.simulation;

import io.mika.consumer.RetryableException;
import io.mika.error.ConfigException;
import io.mika.error.MikaException;
import io.mika.error.UnroutableFailureException;
import io.mika.event.ClientListener;
import io.mika.event.SkipReason;
import io.mika.event.StuckRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a member is told: an error that is not of this world's making is the engine's own. */
final class Listening implements ClientListener {
    private final World world;
    private final Member member;
    private final Set<Polled> stuck = new HashSet<>();
    private final Map<TopicPartition, Integer> rewindsOwed = new HashMap<>();

    Listening(World world, Member member) {
        this.world = world;
        this.member = member;
    }

    /** The position moved back below what is committed. */
    void owesRewind(TopicPartition partition) {
        rewindsOwed.merge(partition, 1, Integer::sum);
    }

    Map<TopicPartition, Integer> rewindsOwed() {
        rewindsOwed.values().removeIf(owed -> owed <= 0);
        return rewindsOwed;
    }

    @Override
    public void onRewound(TopicPartition partition, long from, long to) {
        world.note(() -> member + " hears: rewound " + partition + " from " + from + " to " + to);
        rewindsOwed.merge(partition, -1, Integer::sum);
    }

    /** Of which records it was told that they are stuck. */
    boolean heardOfStuck(Polled record) {
        return stuck.contains(record);
    }

    @Override
    public void onStuck(StuckRecord told) {
        world.note(() -> member + " hears: stuck " + told.partition() + "@" + told.offset());
        TopicPartition partition = new TopicPartition(told.topic(), told.partition());
        boolean isStuck = false;
        for (Polled record : member.polled.values()) {
            if (record.isOf(partition) && record.offset == told.offset()) {
                isStuck |= record.wasEverOverdue();
                stuck.add(record);
            }
        }
        if (!isStuck) {
            throw world.violate(member + " is told as stuck before its time: " + partition + "@" + told.offset());
        }
    }

    @Override
    public void onDlqPassCompleted() {
        world.note(() -> member + " hears: the pass over the dead letter queue is completed");
        member.dlqConsumption.completes();
    }

    @Override
    public void onRecordsExpired(TopicPartition partition, long from, long to) {
        world.note(() -> member + " hears: expired " + partition + " from " + from + " to " + to);
    }

    @Override
    public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
        world.note(() -> member + " hears: skipped " + records + " of " + partition + ": " + reason);
        if (reason == SkipReason.GONE && !world.logs.truth(partition).outOfRangeIsPossible) {
            throw world.violate(member + " is told that records of " + partition + " are gone, and all are there");
        }
    }

    /** The application acks it some time: otherwise it stays open. */
    @Override
    public void onUnroutable(UnroutableFailureException failure) {
        TopicPartition partition = new TopicPartition(failure.topic(), failure.partition());
        Assignment assignment = member.assignments.get(partition);
        Polled record = assignment == null ? null : assignment.at(failure.offset());
        if (record != null && !member.isDead()) {
            world.note(() -> member + " hears: unroutable " + record);
            world.pending.reopened(record);
        }
    }

    /** What a pointer stood for is gone with the end, or the beginning, of its log. */
    private static boolean isLostOriginal(Throwable error) {
        return String.valueOf(error.getMessage()).contains("as a pointer only");
    }

    @Override
    public void onError(Throwable error) {
        if (world.isViolated()) {
            return; // what was thrown for that passes through the engine
        }
        world.note(() -> member + " hears: " + error);
        if (error instanceof Violation found) {
            throw found; // the engine caught it, as it catches whatever is thrown there
        }
        @Nullable Throwable cause = error;
        while (cause instanceof MikaException || cause instanceof CompletionException) {
            cause = cause.getCause();
        }
        boolean expected = cause instanceof KafkaException
                || cause instanceof Application.Mistake
                || error instanceof RetryableException
                || error instanceof InterruptedException
                || cause instanceof RejectedExecutionException
                || (error instanceof ConfigException && !world.lives.isFirst(World.DLQ)) // it was missing
                || isLostOriginal(error);
        if (!expected && !member.isDead()) {
            throw world.violate(new Violation(member + " reports " + error, error));
        }
    }
}
