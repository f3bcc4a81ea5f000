package io.mika.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** What Kafka's own clients measure, bound by Micrometer's binder for it. <i>Thread-safe.</i> */
final class OwnMetrics {
    private final MeterRegistry registry;
    private final List<KafkaClientMetrics> bound = new ArrayList<>();

    OwnMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    synchronized void observe(Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
        KafkaClientMetrics binder = new KafkaClientMetrics(measured(metrics));
        binder.bindTo(registry);
        bound.add(binder);
    }

    synchronized void close() {
        bound.forEach(KafkaClientMetrics::close);
        bound.clear();
    }

    /** The binder takes a client of Kafka's, and asks it for nothing but its metrics. */
    private static Consumer<?, ?> measured(Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
        return (Consumer<?, ?>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (self, method, arguments) -> {
                    if (method.getName().equals("metrics")) {
                        return metrics.get();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
