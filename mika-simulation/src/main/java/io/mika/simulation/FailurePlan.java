package io.mika.simulation;

import io.mika.consumer.Backoff;
import io.mika.consumer.ConsumerOptions;
import io.mika.engine.Engine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of one run's settings concerns records that fail.
 *
 * @param retryTopic null for none
 * @param dlqTopic null for none
 * @param created whether both exist before their first record
 * @param unclaimedFor how long a retry waits for a member that has its consumer
 * @param payments partitions of a second topic; 0 for none
 * @param knowingPayments percentage of members that have its consumer, as in a rolling deployment
 * @param failing percentage of settlements that are failures
 * @param waiting how many records may wait whole, for one consumer
 */
record FailurePlan(
        @Nullable String retryTopic,
        @Nullable String dlqTopic,
        boolean created,
        int partitions,
        Duration unclaimedFor,
        int payments,
        int knowingPayments,
        int failing,
        int waiting,
        Consumer ordersConsumer,
        Consumer paymentsConsumer) {

    private static final List<Backoff> BACKOFFS = List.of(
            Backoff.none(),
            Backoff.fixed(Duration.ofMillis(50)),
            Backoff.exponential(Duration.ofMillis(300), Duration.ofSeconds(10)),
            Backoff.fixed(Duration.ofSeconds(20)));

    /** One consumer's options. */
    record Consumer(
            int retries,
            Backoff backoff,
            int inPlaceRetries,
            Backoff inPlaceBackoff,
            boolean usesDlq,
            boolean retriesMistakes) {

        static Consumer draw(Choices choices, boolean hasRetryTopic, boolean hasDlq) {
            int retries = choices.one(List.of(2, 0, 1, 3));
            return new Consumer(
                    hasRetryTopic ? retries : 0,
                    choices.one(BACKOFFS),
                    choices.one(List.of(0, 0, 0, 1, 2, Integer.MAX_VALUE)),
                    choices.one(BACKOFFS),
                    choices.chance(80) && hasDlq,
                    choices.chance(60));
        }

        ConsumerOptions options() {
            ConsumerOptions options = ConsumerOptions.create();
            if (retries > 0) {
                options.retries(retries, backoff);
            }
            if (inPlaceRetries > 0) {
                options.inPlaceRetries(inPlaceRetries, inPlaceBackoff);
            }
            if (usesDlq) {
                options.useDlq();
            }
            if (retriesMistakes) {
                options.retryOn(Application.Mistake.class);
            }
            return options;
        }
    }

    static FailurePlan draw(Choices choices) {
        int topics = choices.pick(40, 40, 10, 10);
        boolean hasRetryTopic = topics == 1 || topics == 2;
        boolean hasDlq = topics == 1 || topics == 3;
        boolean hasPayments = topics != 0 && choices.chance(50);
        return new FailurePlan(
                hasRetryTopic ? World.RETRY : null,
                hasDlq ? World.DLQ : null,
                !choices.chance(20),
                1 + choices.next(2),
                choices.one(List.of(Duration.ofMinutes(15), Duration.ZERO, Duration.ofSeconds(45))),
                hasPayments ? 1 + choices.next(2) : 0,
                choices.one(List.of(100, 40, 70)),
                choices.one(List.of(10, 30, 60)),
                choices.one(List.of(10_000, 1, 3)),
                Consumer.draw(choices, hasRetryTopic, hasDlq),
                Consumer.draw(choices, hasRetryTopic, hasDlq));
    }

    /** Whether what fails leads anywhere. */
    boolean hasTopics() {
        return retryTopic != null || dlqTopic != null;
    }

    boolean hasDlq() {
        return dlqTopic != null;
    }

    /** From the one topic to the other. */
    boolean mayReplay() {
        return retryTopic != null && dlqTopic != null;
    }

    Engine.FailureTopics topics() {
        return hasTopics() ? new Engine.FailureTopics(retryTopic, dlqTopic, unclaimedFor) : Engine.FailureTopics.NONE;
    }

    Consumer consumer(String topic) {
        return topic.equals(World.PAYMENTS) ? paymentsConsumer : ordersConsumer;
    }
}
