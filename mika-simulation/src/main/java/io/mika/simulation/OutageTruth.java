package io.mika.simulation;

import io.mika.consumer.OutageBreaker;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is an outage of one member's consumer, by what the application told: nothing was acked since so many
 * failures, for so long. Of what a client failed by itself this knows nothing, so at times there may be one or not.
 */
final class OutageTruth {
    /** A record is kept in an outage no more often than that. */
    private static final int MOST_KEPT = 5;

    private final World world;
    private final @Nullable OutageBreaker breaker;
    private final Map<TopicPartition, Long> probed = new HashMap<>();
    private int failures;
    private long failingSince;
    private boolean certain;
    private long ackedAt;

    OutageTruth(World world) {
        this.world = world;
        this.breaker = world.plan.breaker();
        this.ackedAt = world.clock.nanos();
    }

    void acked() {
        ackedAt = world.clock.nanos();
        mayBeOver();
    }

    void mayBeOver() {
        failures = 0;
        certain = false;
        probed.clear();
    }

    /** A delivery failed, and its client knows. One that is open again by that may be told of twice, and counts for none. */
    void failed(Failing failing) {
        if (breaker == null || failing.leadsNowhere()) {
            return;
        }
        long now = world.clock.nanos();
        if (failures++ == 0) {
            failingSince = now;
        }
        certain |= failures >= breaker.failures()
                && now - failingSince >= breaker.noAckFor().toNanos() + Polled.EARLIER;
    }

    /** Whether a failure of now must leave its record where it is. */
    boolean keeps(Failing failing) {
        Polled record = failing.record;
        return certain && failing.leadsElsewhere() && record.repeats - record.tries < MOST_KEPT;
    }

    /** Whether it cannot have left its record where it is for an outage. */
    boolean movesOn() {
        return breaker != null
                && world.clock.nanos() - ackedAt < breaker.noAckFor().toNanos() - Polled.EARLIER;
    }

    /** A probe, or nothing. */
    void handedOut(Polled record) {
        if (breaker == null || !certain) {
            return;
        }
        long now = world.clock.nanos();
        Long before = probed.put(record.assignment.partition, now);
        if (before != null && now - before < breaker.probeEvery().toNanos() - Polled.EARLIER) {
            throw world.violate("handed out in an outage, and the probe before was " + (now - before) / World.MILLI
                    + " ms ago: " + record);
        }
    }
}
