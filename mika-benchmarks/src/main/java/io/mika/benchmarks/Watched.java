package io.mika.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mika.KafkaClient;
import io.mika.opentelemetry.KafkaMetrics;
import io.mika.opentelemetry.KafkaTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.function.Consumer;

/** Puts traces and metrics around a client that is measured. */
final class Watched {
    private Watched() {}

    /** As in a service that is built with it and runs without an SDK. */
    static void byNobody(KafkaClient.Builder builder) {
        by(OpenTelemetry.noop(), builder);
    }

    /** A span for every record, none of which goes anywhere. */
    static Consumer<KafkaClient.Builder> bySdk() {
        OpenTelemetry sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(BatchSpanProcessor.builder(SpanExporter.composite())
                                .build())
                        .build())
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(InMemoryMetricReader.create())
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        return builder -> by(sdk, builder);
    }

    /** Metrics in a registry that is asked for nothing. */
    static void byMicrometer(KafkaClient.Builder builder) {
        var metrics = io.mika.micrometer.KafkaMetrics.create(new SimpleMeterRegistry());
        builder.interceptor(metrics).listener(metrics);
    }

    private static void by(OpenTelemetry openTelemetry, KafkaClient.Builder builder) {
        KafkaMetrics metrics = KafkaMetrics.create(openTelemetry);
        builder.interceptor(KafkaTracing.create(openTelemetry))
                .interceptor(metrics)
                .listener(metrics);
    }
}
