package io.mika.simulation;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeadlinePolicy;
import io.mika.consumer.Ordering;
import java.time.Duration;
import java.util.List;

/**
 * How the consumer of one topic hands out, in one run.
 *
 * @param keys how many there are
 * @param disabled whether it begins so
 * @param rate records in a second, to begin with
 * @param batchRecords 0 for a consumer of single ones
 * @param batchWait how long a batch waits to become so large
 * @param ackDeadline a day for one that plays no part
 * @param policy what becomes of a delivery that is open for longer
 * @param interrupts whether its call is interrupted
 */
record ConsumerPlan(
        Ordering ordering,
        int keys,
        int concurrency,
        int maxInFlight,
        boolean disabled,
        double rate,
        int batchRecords,
        Duration batchWait,
        Duration ackDeadline,
        DeadlinePolicy policy,
        boolean interrupts) {
    private static final Duration NO_DEADLINE = Duration.ofDays(1); // a drain does not wait for what is stuck

    static ConsumerPlan draw(Choices choices, boolean isSwitched) {
        Ordering ordering =
                List.of(Ordering.PARTITION, Ordering.KEY, Ordering.NONE).get(choices.pick(50, 30, 20));
        int keys = ordering == Ordering.KEY ? choices.one(List.of(2, 1, 4)) : 0;
        int concurrency = choices.one(List.of(16, 1, 2, 3));
        int maxInFlight = choices.one(List.of(10_000, 1, 2, 4));
        boolean disabled = isSwitched && choices.chance(20);
        double rate = isSwitched
                ? choices.one(List.of(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0.0, 20.0))
                : Double.POSITIVE_INFINITY;
        int batchRecords = choices.chance(25) ? Math.min(maxInFlight, choices.one(List.of(3, 1, 2, 500))) : 0;
        Duration batchWait = Duration.ofMillis(batchRecords == 0 ? 0 : choices.one(List.of(20, 0, 200, 5000)));
        boolean hasDeadline = choices.chance(20);
        Duration ackDeadline = hasDeadline ? Duration.ofSeconds(choices.one(List.of(3, 1))) : NO_DEADLINE;
        DeadlinePolicy policy = hasDeadline
                ? choices.one(List.of(DeadlinePolicy.WARN, DeadlinePolicy.RETRY, DeadlinePolicy.FAIL))
                : DeadlinePolicy.WARN;
        boolean interrupts = hasDeadline && choices.chance(50);
        return new ConsumerPlan(
                ordering,
                keys,
                concurrency,
                maxInFlight,
                disabled,
                rate,
                batchRecords,
                batchWait,
                ackDeadline,
                policy,
                interrupts);
    }

    boolean isBatched() {
        return batchRecords > 0;
    }

    boolean keepsPartitionOrder() {
        return ordering == Ordering.PARTITION;
    }

    boolean hasDeadline() {
        return ackDeadline.compareTo(NO_DEADLINE) < 0;
    }

    /** Whether the client itself fails what is open for too long. */
    boolean failsOnDeadline() {
        return policy != DeadlinePolicy.WARN;
    }

    /** Adds to what concerns failures. */
    ConsumerOptions options(ConsumerOptions options) {
        options.ordering(ordering)
                .maxInFlight(maxInFlight)
                .concurrency(concurrency)
                .rateLimit(rate)
                .ackDeadline(ackDeadline, policy);
        if (interrupts) {
            options.interruptOnDeadline();
        }
        if (disabled) {
            options.disabled();
        }
        return isBatched() ? options.batch(batchRecords, batchWait) : options;
    }
}
