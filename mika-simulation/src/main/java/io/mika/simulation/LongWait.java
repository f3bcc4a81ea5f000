package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Retries that wait for longer than half of their topic's retention: they are written anew before the topic deletes them,
 * and come when they are due although the topic does. Unless somebody else deletes them: then they hold up nothing.
 */
final class LongWait {
    private static final Duration RETENTION = Duration.ofMinutes(5);
    private static final Duration DELAY = Duration.ofSeconds(270);
    /** Half of the retention, a minute until the engine looks, and some turns, in which time may go fast, to read and write. */
    private static final Duration PATIENCE = RETENTION.dividedBy(2).plusSeconds(90);
    /** A record is read sooner. */
    private static final Duration SOON = Duration.ofSeconds(2);
    /** Of so many, some wait by their places alone, where little may wait. */
    private static final int RECORDS = 4;

    private final World world;
    private final Calm calm;
    private final List<Published> records = new ArrayList<>();
    private final Set<Published> failed = new HashSet<>();

    /** Publishes the records. */
    LongWait(World world, Calm calm) {
        this.world = world;
        this.calm = calm;
        for (int i = 0; i < RECORDS; i++) {
            records.add(world.append(world.partitions(World.TOPIC).get(0), null));
        }
    }

    /** What a retry topic is created with where one is to be seen. */
    static void limit(World world) {
        String retention = Long.toString(RETENTION.toMillis());
        world.kafka
                .topicSetting(World.RETRY, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                .topicSetting(World.RETRY, TopicConfig.RETENTION_MS_CONFIG, retention);
    }

    /** Whether what fails goes to such a topic, by itself and at once. */
    static boolean showsSomething(Plan plan) {
        FailurePlan.Consumer options = plan.failures().ordersConsumer();
        return plan.deletesRetries()
                && options.retries() > 0
                && options.inPlaceRetries() == 0
                && !plan.orders().isBatched()
                && plan.breaker() == null;
    }

    /** Whether it is handed out for the first time. */
    boolean takes(Polled handed) {
        return records.contains(handed.place.of) && failed.add(handed.place.of);
    }

    void fail(Delivery delivery, Polled handed) {
        world.told.tell(new Pending.Late(delivery, handed), Failure.later(handed, DELAY));
    }

    void lasts() {
        calm.until("a record was not failed", () -> areAt(2));
        if (world.choices.chanceApart(40)) {
            calm.goBy(SOON);
        } else {
            calm.until(
                    "a retry waits for longer than half of its topic's retention, and is not written anew",
                    PATIENCE,
                    () -> areAt(3));
        }
        for (Published record : records) {
            PartitionTruth.Entry copy = record.places.get(1);
            world.logs.delete(copy.partition, copy.offset + 1);
        }
    }

    /** Whether each was in so many places, one after the other. */
    private boolean areAt(int places) {
        return records.stream().allMatch(record -> record.places.size() >= places);
    }
}
