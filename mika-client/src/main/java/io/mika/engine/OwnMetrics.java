package io.mika.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What Kafka's clients behind this one measure of themselves, from when they are made. <i>Thread-safe</i>: beside {@code
 * wakeup}, {@code metrics} is what Kafka's consumer lets any thread call.
 */
final class OwnMetrics {
    /** By what it is for: a producer that is replaced takes the place of the one before. */
    private final Map<String, Supplier<Map<MetricName, ? extends Metric>>> sources = new ConcurrentHashMap<>();

    /** The same supplier; what it makes is known here from then on. */
    <C> Supplier<C> of(String what, Supplier<C> make, Function<C, Map<MetricName, ? extends Metric>> metrics) {
        return () -> {
            C made = make.get();
            sources.put(what, () -> metrics.apply(made));
            return made;
        };
    }

    Map<MetricName, Metric> now() {
        Map<MetricName, Metric> all = new HashMap<>();
        sources.values().forEach(source -> all.putAll(source.get()));
        return all;
    }
}
