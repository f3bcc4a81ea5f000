package io.mika.opentelemetry;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The span of one delivery, current on the handler's thread until its call returns. <i>Thread-safe.</i> */
final class ProcessSpan implements DeliveryObserver {
    private final ClientTracing tracing;
    private final Delivery delivery;
    private final Span span;
    private final Context context;
    private final SpanContext first;
    private final Scope scope;

    /** Makes the context current. */
    @SuppressWarnings("MustBeClosedChecker") // returned() closes it, on the same thread
    ProcessSpan(ClientTracing tracing, Delivery delivery, Span span, Context context, SpanContext first) {
        this.tracing = tracing;
        this.delivery = delivery;
        this.span = span;
        this.context = context;
        this.first = first;
        this.scope = context.makeCurrent();
    }

    @Override
    public void returned(@Nullable Throwable thrown) {
        scope.close();
    }

    @Override
    public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        SendObserver send = tracing.send(record, purpose, context);
        if (first.isValid()) {
            FirstAttempt.write(first, record.headers());
        }
        return send;
    }

    @Override
    public void unroutable(@Nullable Throwable reason) {
        span.addEvent(Names.UNROUTABLE, Attributes.of(Names.ERROR_TYPE, ErrorTypes.of(reason)));
    }

    @Override
    public void settled(Settlement outcome, @Nullable Throwable reason) {
        span.setAttribute(Names.OUTCOME, ClientTracing.lowerCase(outcome));
        if (reason != null) {
            KafkaTracing.setError(span, reason);
        } else if (isFailure(outcome)) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(Names.ERROR_TYPE, Names.OTHER_ERROR);
        }
        span.end();
        if (outcome == Settlement.RETRIED_IN_PLACE && first.isValid()) {
            tracing.comesAgain(delivery, first);
        }
    }

    private static boolean isFailure(Settlement outcome) {
        return outcome == Settlement.RETRIED
                || outcome == Settlement.RETRIED_IN_PLACE
                || outcome == Settlement.DEAD_LETTERED;
    }
}
