package io.mika.engine;

import io.mika.consumer.Source;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose a record of the retry topic or the dead letter queue is, and what becomes of one that is nobody's here: another
 * member may have its consumer, as during a rolling deployment. <i>Owned by the poll thread.</i>
 */
final class RetryConsumers {
    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final String group;
    private final Map<String, RetryConsumer> byTopic = new HashMap<>();
    private final WaitingBudget unclaimed;
    private final Consumer<List<WaitingQueue.Asked>> reader;
    private final Writes writes;
    private final LongSupplier wallClock;
    private final Duration unclaimedFor;
    private final IntSupplier retryPartitions;
    private final LongSupplier retryRetention;

    /**
     * @param unclaimed of what is nobody's
     * @param reader reads again what waits by its place alone
     * @param retryPartitions how many the retry topic has; 0 if that is not known
     * @param retryRetention of the retry topic, in milliseconds; 0 or less for none, or if that is not known
     */
    RetryConsumers(
            String group,
            WaitingBudget unclaimed,
            Consumer<List<WaitingQueue.Asked>> reader,
            Writes writes,
            LongSupplier wallClock,
            Duration unclaimedFor,
            IntSupplier retryPartitions,
            LongSupplier retryRetention) {
        this.group = group;
        this.unclaimed = unclaimed;
        this.reader = reader;
        this.writes = writes;
        this.wallClock = wallClock;
        this.unclaimedFor = unclaimedFor;
        this.retryPartitions = retryPartitions;
        this.retryRetention = retryRetention;
    }

    void add(RetryConsumer consumer) {
        byTopic.put(consumer.binding().wireTopic(), consumer);
    }

    String group() {
        return group;
    }

    /** Null if none here is for the topic. */
    @Nullable RetryConsumer of(String wireTopic) {
        return byTopic.get(wireTopic);
    }

    /** What waits and is nobody's. */
    WaitingBudget unclaimed() {
        return unclaimed;
    }

    Consumer<List<WaitingQueue.Asked>> reader() {
        return reader;
    }

    long wallMillis() {
        return wallClock.getAsLong();
    }

    /** A record that is due and whose consumer is not here: brings it to where another member may find it. */
    SkipReason passOn(WaitingRecord waiting, Source source) {
        Optional<FailureHeaders> failed = FailureHeaders.read(waiting.record().headers(), group);
        if (writes.hasDlq() && failed.map(FailureHeaders::isPointer).orElse(false)) {
            writes.unclaimedToDlq(waiting);
            return SkipReason.POINTER;
        }
        if (source == Source.DLQ) {
            writes.unclaimedToDlq(waiting);
            return SkipReason.UNCLAIMED;
        }
        Instant now = Instant.ofEpochMilli(wallClock.getAsLong());
        Duration since = failed.flatMap(FailureHeaders::unclaimedSince)
                .map(start -> Duration.between(start, now))
                .orElse(Duration.ZERO);
        boolean tooLong = since.compareTo(unclaimedFor) >= 0;
        if (tooLong && writes.hasDlq()) {
            writes.unclaimedToDlq(waiting);
            return SkipReason.UNCLAIMED_TOO_LONG;
        }
        // Without a dead letter queue it goes on, ever more slowly
        Duration delay = tooLong ? longer(since) : SHORTEST;
        writes.parkUnclaimed(
                waiting, next(waiting.record().partition()), now.plus(delay).toEpochMilli());
        return SkipReason.UNCLAIMED;
    }

    /** What was written before this time (epoch milliseconds) is to be written anew; empty if that is not known. */
    OptionalLong parksBefore() {
        long retention = retryRetention.getAsLong();
        return retention <= 0 ? OptionalLong.empty() : OptionalLong.of(wallClock.getAsLong() - retention / 2);
    }

    /** A record that waits for so long that the retry topic may delete it: writes it anew; false if it is nobody's. */
    boolean park(WaitingRecord waiting) {
        return writes.park(waiting, next(waiting.record().partition()));
    }

    private static Duration longer(Duration since) {
        return since.compareTo(LONGEST) > 0 ? LONGEST : since.compareTo(SHORTEST) < 0 ? SHORTEST : since;
    }

    private @Nullable Integer next(int partition) {
        int count = retryPartitions.getAsInt();
        return count == 0 ? null : (partition + 1) % count;
    }
}
