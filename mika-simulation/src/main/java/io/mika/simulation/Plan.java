package io.mika.simulation;

import io.mika.consumer.OutageBreaker;
import io.mika.engine.Engine;
import io.mika.engine.Limits;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one run.
 *
 * @param events how many events
 * @param protocol properties that say how the group rebalances
 * @param begun whether the group has commits from before
 * @param faults percentage of requests that go wrong
 * @param trouble weight of what goes wrong elsewhere
 * @param switching weight of what is switched at run time
 * @param diligence percentage of records that are acked within their calls
 * @param callLength how much may happen during a call that takes its time
 * @param tick nanoseconds between two looks at the clock
 * @param breaker null for none
 * @param failures what concerns records that fail
 * @param recreates whether topics are deleted and created again
 * @param deletesRetries whether a retry may have to wait for longer than its topic keeps it
 */
record Plan(
        int events,
        Map<String, Object> protocol,
        int partitions,
        int members,
        StartPosition start,
        boolean begun,
        Limits limits,
        int maxPollRecords,
        ConsumerPlan orders,
        ConsumerPlan payments,
        Duration commitInterval,
        Duration drainTimeout,
        Duration maxPollInterval,
        int faults,
        int trouble,
        int switching,
        int diligence,
        int callLength,
        long tick,
        @Nullable OutageBreaker breaker,
        FailurePlan failures,
        boolean recreates,
        boolean deletesRetries) {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final int CONCURRENCY = 16;

    private static final List<Map<String, Object>> PROTOCOLS = List.of(
            Map.of(),
            Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer"),
            Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(RoundRobinAssignor.class)));

    static Plan draw(Choices choices) {
        int switching = choices.chance(30) ? 10 : 0;
        return new Plan(
                40 + choices.next(160),
                PROTOCOLS.get(choices.pick(45, 40, 15)),
                1 + choices.next(3),
                1 + choices.pick(40, 45, 15),
                choices.chance(35) ? StartPosition.latest() : StartPosition.earliest(),
                choices.chance(30),
                limits(choices),
                choices.one(List.of(500, 1, 2, 3, 5)),
                ConsumerPlan.draw(choices, switching > 0),
                ConsumerPlan.draw(choices, switching > 0),
                Duration.ofMillis(choices.one(List.of(1000, 5, 100))),
                Duration.ofMillis(choices.one(List.of(10_000, 0, 300))),
                Duration.ofSeconds(choices.one(List.of(300, 20))),
                choices.one(List.of(0, 5, 20, 50)),
                choices.one(List.of(1, 3, 8, 20)),
                switching,
                choices.one(List.of(90, 50, 20, 100)),
                choices.one(List.of(6, 100)),
                choices.one(List.of(0, 1, 300, 5_000)),
                breaker(choices),
                FailurePlan.draw(choices),
                choices.chanceApart(15),
                choices.chanceApart(15));
    }

    /** What a client is made with. */
    Engine.Config config(List<Engine.Binding> consumers, ClientListener listener) {
        return new Engine.Config(
                World.GROUP,
                consumers,
                failures.topics(),
                start,
                "",
                CLOSE_TIMEOUT,
                drainTimeout,
                commitInterval,
                true,
                breaker,
                maxPollInterval,
                CONCURRENCY,
                limitsOfAll(),
                List.of(listener),
                List.of(),
                List.of());
    }

    /** What its consumer is made with. */
    Map<String, Object> consumerProperties() {
        Map<String, Object> properties = new HashMap<>(protocol);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, maxPollInterval.toMillis());
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        return properties;
    }

    /** With what of it concerns what waits, which comes with the failures. */
    private Limits limitsOfAll() {
        return new Limits(
                limits.laneRecords(),
                limits.laneBytes(),
                limits.clientRecords(),
                limits.clientBytes(),
                limits.chunkRecords(),
                limits.chunkBytes(),
                failures.waiting(),
                limits.waitingBytes(),
                limits.waitingPlaces(),
                limits.unremembered());
    }

    /** Of the topic's consumer. */
    ConsumerPlan consumer(String topic) {
        return topic.equals(World.PAYMENTS) ? payments : orders;
    }

    /** Whether a handler's thread may be interrupted. */
    boolean interrupts() {
        return orders.interrupts() || payments.interrupts();
    }

    private static @Nullable OutageBreaker breaker(Choices choices) {
        if (!choices.chance(15)) {
            return null;
        }
        return OutageBreaker.create()
                .noAckFor(Duration.ofMillis(choices.one(List.of(0, 100, 3_000))))
                .failures(choices.one(List.of(1, 3)))
                .probeEvery(Duration.ofMillis(choices.one(List.of(1_000, 50, 10_000))));
    }

    private static Limits limits(Choices choices) {
        if (choices.chance(30)) {
            return Limits.DEFAULT;
        }
        int lane = choices.one(List.of(8, 1, 2, 4));
        long laneBytes = choices.chance(20) ? 250 : 1 << 20;
        int client = choices.one(List.of(100, 2, 6, 12));
        long clientBytes = choices.chance(20) ? 500 : 1 << 22;
        return new Limits(lane, laneBytes, client, clientBytes, choices.one(List.of(3, 1, 2)), 1 << 20);
    }
}
