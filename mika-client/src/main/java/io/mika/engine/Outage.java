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

    /**
     * @param told hears that an outage began, or that it is over, with how many failures there were; under the lock, so
     *     that no end is told before its beginning
     */
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

    private synchronized void end() {
        boolean ended = on;
        int count = failures;
        on = false;
        failing = false;
        failures = 0;
        probes.clear();
        if (ended) {
            told.accept(false, count);
        }
    }

    /** A delivery failed; true if that is put down to an outage. */
    synchronized boolean failed(long now) {
        if (failures == 0) {
            failingSince = now;
            failing = true;
        }
        failures++;
        if (!on && failures >= breaker.failures() && now - failingSince >= Nanos.of(breaker.noAckFor())) {
            on = true;
            began = now;
            probes.clear();
            told.accept(true, failures);
        }
        return on;
    }

    /** The partition came to this client: whoever had it may have probed it just now. */
    synchronized void assigned(TopicPartition partition, long now) {
        if (on && now - probeAt(partition) >= 0) {
            probes.put(partition, now + Nanos.of(breaker.probeEvery()));
        }
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
