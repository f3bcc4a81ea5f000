package io.mika.opentelemetry;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;

import io.mika.consumer.RetryableException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Tracing of records of any Kafka client. */
class ByHandTest {
    private final Telemetry telemetry = new Telemetry();
    private final KafkaTracing tracing = KafkaTracing.create(telemetry.sdk);

    private static ConsumerRecord<String, String> read(ProducerRecord<String, String> written) {
        ConsumerRecord<String, String> record =
                new ConsumerRecord<>(written.topic(), 2, 42, written.key(), written.value());
        written.headers().forEach(record.headers()::add);
        return record;
    }

    private static List<String> names(Headers headers) {
        List<String> names = new ArrayList<>();
        headers.forEach(header -> names.add(header.key()));
        return names;
    }

    @Test
    void aProduceSpanIsAChildOfWhatIsCurrentAndInTheRecordsHeaders() {
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "k", "v");
        Span outer = telemetry.sdk.getTracer("test").spanBuilder("outer").startSpan();
        try (Scope current = outer.makeCurrent()) {
            tracing.startProduceSpan(record).end();
        }

        SpanData span = telemetry.span("send orders");
        assertThat(span)
                .hasKind(SpanKind.PRODUCER)
                .hasParentSpanId(outer.getSpanContext().getSpanId())
                .hasAttributesSatisfyingExactly(
                        equalTo(Names.SYSTEM, "kafka"),
                        equalTo(Names.OPERATION_NAME, "send"),
                        equalTo(Names.OPERATION_TYPE, "send"),
                        equalTo(Names.DESTINATION, "orders"),
                        equalTo(Names.KEY, "k"));
        assertThat(Span.fromContext(tracing.extract(record.headers()))
                        .getSpanContext()
                        .getSpanId())
                .isEqualTo(span.getSpanId());
    }

    @Test
    void aConsumeSpanIsAChildOfTheProduceSpanAndLinkedToIt() {
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "k", null);
        tracing.startProduceSpan(record).end();
        tracing.startConsumeSpan(read(record)).end();

        SpanData sent = telemetry.span("send orders");
        assertThat(telemetry.span("process orders"))
                .hasKind(SpanKind.CONSUMER)
                .hasTraceId(sent.getTraceId())
                .hasParentSpanId(sent.getSpanId())
                .hasTotalRecordedLinks(1)
                .hasLinksSatisfying(links ->
                        assertThat(links.get(0).getSpanContext().getSpanId()).isEqualTo(sent.getSpanId()))
                .hasAttributesSatisfyingExactly(
                        equalTo(Names.SYSTEM, "kafka"),
                        equalTo(Names.OPERATION_NAME, "process"),
                        equalTo(Names.OPERATION_TYPE, "process"),
                        equalTo(Names.DESTINATION, "orders"),
                        equalTo(Names.PARTITION, "2"),
                        equalTo(Names.OFFSET, 42L),
                        equalTo(Names.KEY, "k"),
                        equalTo(Names.TOMBSTONE, true));
    }

    @Test
    void withLinksOnlyAConsumeSpanBeginsATrace() {
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "k", "v");
        tracing.startProduceSpan(record).end();
        tracing.linksOnly().startConsumeSpan(read(record)).end();

        SpanData sent = telemetry.span("send orders");
        assertThat(telemetry.span("process orders"))
                .hasNoParent()
                .hasLinksSatisfying(links ->
                        assertThat(links.get(0).getSpanContext().getTraceId()).isEqualTo(sent.getTraceId()));
        assertThat(telemetry.span("process orders").getTraceId()).isNotEqualTo(sent.getTraceId());
    }

    @Test
    void aRecordThatComesWithoutAContextBeginsATrace() {
        tracing.startConsumeSpan(read(new ProducerRecord<>("orders", "k", "v"))).end();

        assertThat(telemetry.span("process orders")).hasNoParent().hasTotalRecordedLinks(0);
    }

    @Test
    void whatIsInjectedReplacesWhatWasThere() {
        Headers headers = new RecordHeaders();
        headers.add("other", new byte[] {1})
                .add(KafkaTracing.TRACEPARENT, "old".getBytes(StandardCharsets.UTF_8))
                .add(KafkaTracing.TRACEPARENT, "older".getBytes(StandardCharsets.UTF_8));
        Span span = telemetry.sdk.getTracer("test").spanBuilder("s").startSpan();

        tracing.inject(Context.root().with(span), headers);

        assertThat(names(headers)).containsExactly("other", KafkaTracing.TRACEPARENT);
    }

    @Test
    void aContextThatIsReplacedByAnotherTracesIsLinked() {
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "k", "v");
        Span custom = telemetry.sdk.getTracer("test").spanBuilder("custom").startSpan();
        tracing.inject(Context.root().with(custom), record.headers());
        tracing.startProduceSpan(record).end();

        assertThat(telemetry.span("send orders"))
                .hasLinksSatisfying(
                        links -> assertThat(links.get(0).getSpanContext().getSpanId())
                                .isEqualTo(custom.getSpanContext().getSpanId()));
    }

    @Test
    void baggageTravelsAlong() {
        Headers headers = new RecordHeaders();
        Baggage baggage = Baggage.builder().put("tenant", "acme").build();

        tracing.inject(Context.root().with(baggage), headers);

        assertThat(names(headers)).containsExactly("baggage");
        assertThat(Baggage.fromContext(tracing.extract(headers)).getEntryValue("tenant"))
                .isEqualTo("acme");
    }

    @Test
    void errorsAndSuccessesAreNoted() {
        Span failed = telemetry.sdk.getTracer("test").spanBuilder("failed").startSpan();
        KafkaTracing.setError(failed, new RetryableException("later", new IOException("no route")));
        failed.end();
        Span went = telemetry.sdk.getTracer("test").spanBuilder("went").startSpan();
        KafkaTracing.setOk(went);
        went.end();

        assertThat(telemetry.span("failed"))
                .hasStatus(StatusData.create(StatusData.error().getStatusCode(), "later"))
                .hasAttributesSatisfyingExactly(equalTo(Names.ERROR_TYPE, "java.io.IOException"))
                .hasEventsSatisfyingExactly(event -> event.hasName("exception"));
        assertThat(telemetry.span("went")).hasStatus(StatusData.ok());
    }

    @Test
    void withoutAnSdkNothingHappens() {
        KafkaTracing off = KafkaTracing.create(OpenTelemetry.noop());
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "k", "v");

        Span span = off.startProduceSpan(record);
        span.end();

        assertThat(span.getSpanContext().isValid()).isFalse();
        assertThat(record.headers()).isEmpty();
    }
}
