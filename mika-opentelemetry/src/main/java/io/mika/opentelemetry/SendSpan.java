package io.mika.opentelemetry;

import io.mika.consumer.SendObserver;
import io.opentelemetry.api.trace.Span;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The span of one record on its way to the brokers. <i>Thread-safe.</i> */
final class SendSpan implements SendObserver {
    private final Span span;

    SendSpan(Span span) {
        this.span = span;
    }

    @Override
    public void sent(RecordMetadata where) {
        span.setAttribute(Names.PARTITION, Integer.toString(where.partition()));
        if (where.hasOffset()) {
            span.setAttribute(Names.OFFSET, where.offset());
        }
        span.end();
    }

    @Override
    public void failed(Throwable error) {
        KafkaTracing.setError(span, error);
        span.end();
    }
}
