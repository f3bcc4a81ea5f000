package io.mika.examples;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.env.StartPosition;
import io.mika.event.ClientListener;
import io.mika.event.FailedRecord;
import io.mika.event.ReplayRequest;
import io.mika.opentelemetry.KafkaTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** An order that cannot be billed is tried three times, put aside and replayed; its trace, from the request on, is printed. */
public final class TracingExample {
    private static final List<AttributeKey<?>> WORTH_PRINTING = List.of(
            AttributeKey.stringKey("mika.purpose"),
            AttributeKey.longKey("mika.attempt"),
            AttributeKey.stringKey("mika.outcome"),
            AttributeKey.stringKey("error.type"));

    private static final CountDownLatch PUT_ASIDE = new CountDownLatch(1);
    private static final CountDownLatch BILLED = new CountDownLatch(1);

    private static volatile boolean bankAnswers;

    private TracingExample() {}

    public static void main(String[] args) throws InterruptedException {
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        OpenTelemetry openTelemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        Span request =
                openTelemetry.getTracer("shop").spanBuilder("POST /orders").startSpan();
        try (KafkaClient client = client(openTelemetry)) {
            client.start();
            order(client, request);
            PUT_ASIDE.await();
            bankAnswers = true;
            client.replayDlq(ReplayRequest.builder().topic("orders").build())
                    .completion()
                    .join();
            BILLED.await();
        }
        exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getSpanId().equals(request.getSpanContext().getSpanId()))
                .forEach(span -> print(span, exporter, ""));
    }

    private static KafkaClient client(OpenTelemetry openTelemetry) {
        // [start:client]
        return KafkaClient.builder()
                .interceptor(KafkaTracing.create(openTelemetry))
                .group("billing")
                .retryTopic("billing-retry")
                .dlqTopic("billing-dlq")
                .startFrom(StartPosition.earliest())
                .consumer(
                        "orders",
                        options -> options.retries(2).retryOn(IOException.class).useDlq(),
                        Handlers.typed(new StringDeserializer(), TracingExample::bill))
                .listener(new ClientListener() {
                    @Override
                    public void onDeadLettered(FailedRecord record) {
                        PUT_ASIDE.countDown();
                    }
                })
                .build();
        // [end:client]
    }

    private static void order(KafkaClient client, Span request) {
        byte[] quinces = "quinces".getBytes(StandardCharsets.UTF_8);
        try (Scope current = request.makeCurrent()) {
            client.publish(new ProducerRecord<>("orders", quinces)).join();
        } finally {
            request.end();
        }
    }

    private static void bill(Delivery delivery, @Nullable String order) throws IOException {
        boolean quinces = "quinces".equals(order);
        if (quinces && !bankAnswers) {
            throw new IOException("the bank does not answer");
        }
        delivery.ack();
        if (quinces) {
            BILLED.countDown();
        }
    }

    private static void print(SpanData span, InMemorySpanExporter exporter, String indent) {
        System.out.println(indent + span.getName() + what(span));
        exporter.getFinishedSpanItems().stream()
                .filter(child -> child.getParentSpanId().equals(span.getSpanId()))
                .forEach(child -> print(child, exporter, indent + "  "));
    }

    private static String what(SpanData span) {
        return WORTH_PRINTING.stream()
                .filter(key -> span.getAttributes().get(key) != null)
                .map(key -> " " + key + "=" + span.getAttributes().get(key))
                .collect(Collectors.joining());
    }
}
