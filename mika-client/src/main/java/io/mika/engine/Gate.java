package io.mika.engine;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Whether a consumer's handler may be given another record now: not while the consumer is disabled, no more in a second
 * than its rate, and in an outage no more than probes, at whatever rate. <i>Thread-safe.</i>
 */
final class Gate {
    /** So long a burst may last: a rate of thousands is kept without looking at the time for each record. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final double UNLIMITED = Double.POSITIVE_INFINITY;

    private final @Nullable Outage outage;
    private volatile boolean enabled;
    private volatile double perSecond = UNLIMITED;

    // Under the lock
    private double permits;
    private long filledAt;

    /**
     * @param perSecond records; infinite for no limit
     * @param outage null for a consumer without a breaker
     */
    Gate(boolean enabled, double perSecond, @Nullable Outage outage, long now) {
        this.outage = outage;
        this.enabled = enabled;
        this.perSecond = perSecond;
        this.filledAt = now;
        this.permits = 1;
    }

    /** One that lets everything pass. */
    static Gate open() {
        return new Gate(true, UNLIMITED, null, 0);
    }

    boolean isEnabled() {
        return enabled;
    }

    /** Null for a consumer without a breaker. */
    @Nullable Outage outage() {
        return outage;
    }

    /** Whether nothing of the consumer succeeds, and it is given probes alone. */
    boolean isInOutage() {
        return outage != null && outage.isOn();
    }

    /** Whether {@link #pass} may say no. */
    boolean isLimited() {
        return !enabled || perSecond != UNLIMITED || isInOutage();
    }

    void enable(boolean on) {
        enabled = on;
    }

    /** @param rate records per second; 0 holds, infinity is no limit */
    synchronized void limit(double rate, long now) {
        permits = Math.min(permits, 1);
        filledAt = now;
        perSecond = rate;
    }

    /** Takes the permit for one record of the partition; false if there is none now. */
    boolean pass(TopicPartition partition, long now) {
        if (!enabled) {
            return false;
        }
        Outage current = outage;
        if (current == null || !current.isOn()) {
            return perSecond == UNLIMITED || take(now);
        }
        return perSecond != 0 && current.probe(partition, now);
    }

    private synchronized boolean take(long now) {
        fill(now);
        if (permits < 1 || perSecond == 0) {
            return false;
        }
        permits--;
        return true;
    }

    private void fill(long now) {
        double burst = Math.max(1, perSecond * BURST_NANOS / 1e9);
        permits = Math.min(burst, permits + (now - filledAt) * perSecond / 1e9);
        filledAt = now;
    }

    /** The permit was not used. */
    void giveBack(TopicPartition partition) {
        Outage current = outage;
        if (current != null && current.isOn()) {
            current.giveBack(partition);
            return;
        }
        synchronized (this) {
            permits++;
        }
    }

    /** The partition, or one of the retry topic or dead letter queue, was assigned to this client. */
    void assigned(TopicPartition partition, long now) {
        if (outage != null) {
            outage.assigned(partition, now);
        }
    }

    /** When a permit is there again; {@link HandOut#NEVER} if nobody knows. */
    long opensAt(TopicPartition partition, long now) {
        double rate = perSecond;
        if (!enabled || rate == 0) {
            return HandOut.NEVER;
        }
        Outage current = outage;
        if (current != null && current.isOn()) {
            return current.probeAt(partition);
        }
        if (rate == UNLIMITED) {
            return now;
        }
        synchronized (this) {
            double missing = 1 - permits;
            double at = filledAt + Math.max(0, missing) * 1e9 / rate;
            return at >= HandOut.NEVER ? HandOut.NEVER : Math.max(now, (long) Math.ceil(at));
        }
    }
}
