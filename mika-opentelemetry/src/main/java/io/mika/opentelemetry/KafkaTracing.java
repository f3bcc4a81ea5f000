package io.mika.opentelemetry;

import io.mika.consumer.DeliveryInterceptor;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Traces of records, also through retries and the dead letter queue. As an interceptor it does all by itself:
 *
 * <pre>{@code
 * KafkaClient.builder().interceptor(KafkaTracing.create(openTelemetry))
 * }</pre>
 *
 * <p>Then each delivery has a span {@code process <topic>}, from before the handler's call until it is settled, whenever
 * that is, and that span is current in the handler; each record that is published, or goes to the retry topic or the dead
 * letter queue, has a span {@code send <topic>}, whose context it bears in its headers, where it replaces what was there.
 * The headers are those of the propagators that OpenTelemetry is configured with. Each later attempt at a record is also
 * linked to the first one, by a header of our own, {@code mika_first_traceparent}.
 *
 * <p>The context that a record bears is the parent of its span and a link of it; {@link #linksOnly()} makes it a link alone.
 *
 * <p>The other methods do the same by hand, on the records of any Kafka client. <i>Immutable</i>; one may serve several
 * clients.
 */
public final class KafkaTracing implements DeliveryInterceptor {
    /** The header, of W3C's trace context, that names the trace and the span that wrote the record. */
    public static final String TRACEPARENT = "traceparent";

    /** The header, of W3C's trace context, for what tracing systems add. */
    public static final String TRACESTATE = "tracestate";

    static final String INSTRUMENTATION = "io.mika";

    private final Spans spans;

    private KafkaTracing(Spans spans) {
        this.spans = spans;
    }

    /**
     * Tracing with an instance of OpenTelemetry. Without an SDK behind it, nothing is traced and no header written.
     *
     * @param openTelemetry makes the spans; its propagators read and write the headers
     * @return tracing by it
     */
    public static KafkaTracing create(OpenTelemetry openTelemetry) {
        return new KafkaTracing(new Spans(Objects.requireNonNull(openTelemetry, "openTelemetry"), true));
    }

    /**
     * The same, but for spans of records that are read: they begin a trace of their own, linked to the context that the
     * record bears. For topics whose records are read long after, or by many.
     *
     * @return tracing without parents
     */
    public KafkaTracing linksOnly() {
        return new KafkaTracing(spans.withoutParents());
    }

    @Override
    public DeliveryInterceptor forClient(String clientId, @Nullable String group) {
        return new ClientTracing(spans, clientId, group);
    }

    // ---- by hand

    /**
     * Writes a context into headers, by the propagators. What they write replaces headers of the same names.
     *
     * @param context often {@code Context.current()}
     * @param headers of a record that is about to be sent
     */
    public void inject(Context context, Headers headers) {
        spans.inject(context, headers);
    }

    /**
     * Reads the context that headers bear, by the propagators.
     *
     * @param headers of a record that was read
     * @return the root context with what the headers say: nothing more if they say nothing
     */
    public Context extract(Headers headers) {
        return spans.extract(headers);
    }

    /**
     * Starts the span of a record that is about to be sent, as a child of the current context, and writes its context into
     * the record's headers. The caller ends it.
     *
     * @param record its headers must be writable: it was not sent yet
     * @return {@code send <topic>}
     */
    public Span startProduceSpan(ProducerRecord<?, ?> record) {
        Context parent = Context.current();
        SpanBuilder builder = spans.send(record, parent);
        spans.linkCreation(builder, record, parent);
        Span span = builder.startSpan();
        inject(parent.with(span), record.headers());
        return span;
    }

    /**
     * Starts the span of a record that was read. The caller makes it current, for as long as it works on the record, and
     * ends it. To pass on baggage as well: {@code extract(record.headers()).with(span).makeCurrent()}.
     *
     * @param record from any consumer
     * @return {@code process <topic>}
     */
    public Span startConsumeSpan(ConsumerRecord<?, ?> record) {
        return spans.process(record, extract(record.headers()), SpanContext.getInvalid())
                .startSpan();
    }

    /**
     * Says that what a span is about went wrong.
     *
     * @param span gets the status, {@code error.type} and the exception
     * @param error what happened
     */
    public static void setError(Span span, Throwable error) {
        String message = error.getMessage();
        span.setStatus(StatusCode.ERROR, message == null ? "" : message);
        span.setAttribute(Names.ERROR_TYPE, ErrorTypes.of(error));
        span.recordException(error);
    }

    /**
     * Says that what a span is about went well, whatever was set before.
     *
     * @param span gets the status
     */
    public static void setOk(Span span) {
        span.setStatus(StatusCode.OK);
    }
}
