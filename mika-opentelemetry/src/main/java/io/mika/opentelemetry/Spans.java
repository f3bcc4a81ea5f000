package io.mika.opentelemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Starts spans by the conventions, and carries contexts in headers. <i>Immutable.</i> */
final class Spans {
    private static final Attributes CREATION = Attributes.of(Names.LINK, Names.LINK_CREATION);
    private static final Attributes FIRST_ATTEMPT = Attributes.of(Names.LINK, Names.LINK_FIRST_ATTEMPT);

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final boolean creationIsParent;

    Spans(OpenTelemetry openTelemetry, boolean creationIsParent) {
        this(
                openTelemetry.getTracer(KafkaTracing.INSTRUMENTATION),
                openTelemetry.getPropagators().getTextMapPropagator(),
                creationIsParent);
    }

    private Spans(Tracer tracer, TextMapPropagator propagator, boolean creationIsParent) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.creationIsParent = creationIsParent;
    }

    Spans withoutParents() {
        return new Spans(tracer, propagator, false);
    }

    /** Whether there is anything to do: without an SDK contexts may still have to be passed on. */
    @SuppressWarnings("ReferenceEquality") // there is one that does nothing
    boolean areOff() {
        return !tracer.isEnabled() && propagator == TextMapPropagator.noop();
    }

    Context extract(Headers headers) {
        return propagator.extract(Context.root(), headers, HeaderAccess.INSTANCE);
    }

    void inject(Context context, Headers headers) {
        propagator.inject(context, headers, HeaderAccess.INSTANCE);
    }

    /** Of a record that is read; with whatever else the record's context bears, baggage for instance. */
    SpanBuilder process(ConsumerRecord<?, ?> record, Context created, SpanContext first) {
        SpanBuilder span = tracer.spanBuilder(Names.PROCESS + " " + record.topic())
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(creationIsParent ? created : Context.root())
                .setAttribute(Names.SYSTEM, Names.KAFKA)
                .setAttribute(Names.OPERATION_NAME, Names.PROCESS)
                .setAttribute(Names.OPERATION_TYPE, Names.PROCESS)
                .setAttribute(Names.DESTINATION, record.topic())
                .setAttribute(Names.PARTITION, Integer.toString(record.partition()))
                .setAttribute(Names.OFFSET, record.offset());
        describe(span, record.key(), record.value());
        SpanContext creation = Span.fromContext(created).getSpanContext();
        link(span, creation, CREATION);
        if (!first.equals(creation)) {
            link(span, first, FIRST_ATTEMPT);
        }
        return span;
    }

    /** Of a record that is written. */
    SpanBuilder send(ProducerRecord<?, ?> record, Context parent) {
        SpanBuilder span = tracer.spanBuilder(Names.SEND + " " + record.topic())
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(parent)
                .setAttribute(Names.SYSTEM, Names.KAFKA)
                .setAttribute(Names.OPERATION_NAME, Names.SEND)
                .setAttribute(Names.OPERATION_TYPE, Names.SEND)
                .setAttribute(Names.DESTINATION, record.topic());
        describe(span, record.key(), record.value());
        return span;
    }

    /** Links the context that a record was given by hand, and which is replaced now. */
    void linkCreation(SpanBuilder span, ProducerRecord<?, ?> record, Context parent) {
        SpanContext creation = Span.fromContext(extract(record.headers())).getSpanContext();
        if (!creation.getSpanId()
                .equals(Span.fromContext(parent).getSpanContext().getSpanId())) {
            link(span, creation, CREATION);
        }
    }

    private static void describe(SpanBuilder span, @Nullable Object key, @Nullable Object value) {
        if (key instanceof String text) {
            span.setAttribute(Names.KEY, text);
        }
        if (value == null) {
            span.setAttribute(Names.TOMBSTONE, true);
        }
    }

    private static void link(SpanBuilder span, SpanContext to, Attributes what) {
        if (to.isValid()) {
            span.addLink(to, what);
        }
    }
}
