package io.mika.engine;

import io.mika.consumer.OutageBreaker;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether nothing of a consumer succeeds any more. <i>Thread-safe.</i> Where all goes well an ack costs a look at a
 * volatile field.
 */
final class Outage {
    private final OutageBreaker breaker;
    private final BiConsumer<Boolean, Integer> told;
    /** There were failures since the last ack. */
    private volatile boolean failing;

    private volatile boolean on;

    // Under the lock
    private int failures;
    private long failingSince;
    private long began;
    private final Map<TopicPartition, Long> probes = new HashMap<>();

    /** @param told hears that an outage began, or that it is over, with how many failures there were */
    Outage(OutageBreaker breaker, BiConsumer<Boolean, Integer> told) {
        this.breaker = breaker;
        this.told = told;
    }

    boolean isOn() {
        return on;
    }

    /** A delivery was acked. */
    void acked() {
        if (failing) {
            end();
        }
    }

    private void end() {
        boolean ended;
        int count;
        synchronized (this) {
            ended = on;
            count = failures;
            on = false;
            failing = false;
            failures = 0;
            probes.clear();
        }
        if (ended) {
            told.accept(false, count);
        }
    }

    /** A delivery failed; true if that is put down to an outage. */
    boolean failed(long now) {
        boolean begins;
        int count;
        synchronized (this) {
            if (failures == 0) {
                failingSince = now;
                failing = true;
            }
            count = ++failures;
            begins = !on && count >= breaker.failures() && now - failingSince >= Nanos.of(breaker.noAckFor());
            if (begins) {
                on = true;
                began = now;
            }
        }
        if (begins) {
            told.accept(true, count);
        }
        return on;
    }

    /** Takes the probe of the partition that is due; false if none is. */
    synchronized boolean probe(TopicPartition partition, long now) {
        if (now - probeAt(partition) < 0) {
            return false;
        }
        probes.put(partition, now + Nanos.of(breaker.probeEvery()));
        return true;
    }

    /** The probe was not made. */
    synchronized void giveBack(TopicPartition partition) {
        probes.put(partition, began);
    }

    /** When one is due. */
    synchronized long probeAt(TopicPartition partition) {
        Long at = probes.get(partition);
        return at == null ? began + Nanos.of(breaker.probeEvery()) : at;
    }
}
