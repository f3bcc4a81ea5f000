package io.mika.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The header by which every later attempt knows the span of the first one: {@code traceparent} bears the span that wrote
 * the record last, and so only the attempt before. Pure functions.
 */
final class FirstAttempt {
    /** In the form of a {@code traceparent}, whatever propagators are in use. */
    static final String HEADER = "mika_first_traceparent";

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private FirstAttempt() {}

    /** Invalid if the record does not say. */
    static SpanContext read(Headers headers) {
        return Span.fromContext(W3C.extract(Context.root(), headers, Reading.INSTANCE))
                .getSpanContext();
    }

    static void write(SpanContext first, Headers headers) {
        W3C.inject(Context.root().with(Span.wrap(first)), headers, (to, key, value) -> {
            if (key.equals(KafkaTracing.TRACEPARENT)) {
                HeaderAccess.INSTANCE.set(to, HEADER, value);
            }
        });
    }

    private enum Reading implements TextMapGetter<Headers> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable Headers headers, String key) {
            return key.equals(KafkaTracing.TRACEPARENT) ? HeaderAccess.INSTANCE.get(headers, HEADER) : null;
        }
    }
}
