package io.mika.opentelemetry;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryInterceptor;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Source;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The spans of one client. <i>Thread-safe.</i> */
final class ClientTracing implements DeliveryInterceptor {
    private final Spans spans;
    private final String clientId;
    private final @Nullable String group;

    /**
     * The first attempts at records that come again in place: they are the same objects, and no header says so. Weak, for
     * a record may be taken away before it comes again.
     */
    private final Map<ConsumerRecord<byte[], byte[]>, SpanContext> firstInPlace =
            Collections.synchronizedMap(new WeakHashMap<>());

    ClientTracing(Spans spans, String clientId, @Nullable String group) {
        this.spans = spans;
        this.clientId = clientId;
        this.group = group;
    }

    @Override
    public @Nullable DeliveryObserver delivering(Delivery delivery) {
        if (spans.areOff()) {
            return null;
        }
        ConsumerRecord<byte[], byte[]> record = delivery.record();
        Context created = spans.extract(record.headers());
        SpanContext first = firstAttempt(delivery);
        SpanBuilder builder = spans.process(record, created, first)
                .setAttribute(Names.CLIENT, clientId)
                .setAttribute(Names.TOPIC, delivery.topic())
                .setAttribute(Names.ATTEMPT, (long) delivery.attempt())
                .setAttribute(Names.SOURCE, lowerCase(delivery.source()));
        if (group != null) {
            builder.setAttribute(Names.GROUP, group);
        }
        Span span = builder.startSpan();
        return new ProcessSpan(
                this, delivery, span, created.with(span), first.isValid() ? first : span.getSpanContext());
    }

    private SpanContext firstAttempt(Delivery delivery) {
        if (delivery.attempt() == 1) {
            return SpanContext.getInvalid(); // whatever an earlier life of the record left in its headers
        }
        if (delivery.source() == Source.TOPIC) {
            SpanContext known = firstInPlace.remove(delivery.record());
            return known == null ? SpanContext.getInvalid() : known;
        }
        return FirstAttempt.read(delivery.record().headers());
    }

    /** It comes again, here and as it is. */
    void comesAgain(Delivery delivery, SpanContext first) {
        firstInPlace.put(delivery.record(), first);
    }

    @Override
    public @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
        if (spans.areOff() || purpose == SendPurpose.PARK) {
            return null; // parking is no part of the record's story, and may happen often
        }
        if (purpose != SendPurpose.PUBLISH) {
            return send(record, purpose, spans.extract(record.headers()));
        }
        Context parent = Context.current();
        SpanBuilder builder = spans.send(record, parent);
        spans.linkCreation(builder, record, parent);
        return send(record, purpose, builder, parent);
    }

    SendObserver send(ProducerRecord<byte[], byte[]> record, SendPurpose purpose, Context parent) {
        return send(record, purpose, spans.send(record, parent), parent);
    }

    private SendObserver send(
            ProducerRecord<byte[], byte[]> record, SendPurpose purpose, SpanBuilder builder, Context parent) {
        Span span = builder.setAttribute(Names.CLIENT, clientId)
                .setAttribute(Names.PURPOSE, lowerCase(purpose))
                .startSpan();
        spans.inject(parent.with(span), record.headers());
        return new SendSpan(span);
    }

    static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
