package io.mika.opentelemetry;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;

import io.mika.consumer.Backoff;
import io.mika.consumer.Delivery;
import io.mika.consumer.Handlers;
import io.mika.consumer.RetryableException;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** The spans of deliveries, in virtual time. */
class DeliveriesTest {
    private final Telemetry telemetry = new Telemetry();
    private final KafkaTracing tracing = KafkaTracing.create(telemetry.sdk);
    private final List<Delivery> taken = new ArrayList<>();

    private MikaTester.Builder builder() {
        return MikaTester.builder().retryTopic("retry").dlqTopic("dlq").interceptor(tracing);
    }

    private static void publish(MikaTester tester, Headers headers) {
        tester.publish(new ProducerRecord<>("orders", 0, (byte[]) null, new byte[1], headers));
        tester.runUntilIdle();
    }

    private static void publish(MikaTester tester) {
        publish(tester, new RecordHeaders());
    }

    @Test
    void aSpanLastsUntilTheDeliveryIsSettled() {
        MikaTester tester = builder().consumer("orders", taken::add).start();
        publish(tester);
        assertThat(telemetry.spans()).as("the call has returned").isEmpty();

        taken.get(0).ack();

        assertThat(telemetry.span("process orders"))
                .hasStatus(StatusData.unset())
                .hasAttribute(Names.OUTCOME, "acked")
                .hasAttribute(Names.ATTEMPT, 1L)
                .hasAttribute(Names.SOURCE, "topic")
                .hasAttribute(Names.TOPIC, "orders")
                .hasAttribute(Names.GROUP, "test");
        assertThat(telemetry.span("process orders").getAttributes().get(Names.CLIENT))
                .startsWith("mika-test-");
    }

    @Test
    void itsContextIsCurrentInTheHandlerAndNotAfterwards() {
        List<Context> seen = new ArrayList<>();
        Headers headers = new RecordHeaders();
        tracing.inject(
                Context.root().with(Baggage.builder().put("tenant", "acme").build()), headers);
        MikaTester tester = builder()
                .consumer("orders", Handlers.async(delivery -> {
                    seen.add(Context.current());
                    return CompletableFuture.completedFuture(null);
                }))
                .start();
        publish(tester, headers);

        SpanData span = telemetry.span("process orders");
        assertThat(seen).singleElement().satisfies(context -> {
            assertThat(Span.fromContext(context).getSpanContext().getSpanId()).isEqualTo(span.getSpanId());
            assertThat(Baggage.fromContext(context).getEntryValue("tenant")).isEqualTo("acme");
        });
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void triesInPlaceAreLinkedToTheFirst() {
        MikaTester tester = builder()
                .consumer(
                        "orders",
                        options -> options.inPlaceRetries(2, Backoff.fixed(Duration.ofSeconds(1)))
                                .retries(1),
                        delivery -> {
                            if (delivery.attempt() < 4) {
                                throw new RetryableException("not yet");
                            }
                            delivery.ack();
                        })
                .start();
        publish(tester);
        tester.advance(Duration.ofSeconds(5));

        List<SpanData> attempts = telemetry.spans().stream()
                .filter(span -> span.getName().startsWith("process"))
                .toList();
        assertThat(attempts)
                .extracting(SpanData::getName)
                .containsExactly("process orders", "process orders", "process orders", "process retry");
        assertThat(attempts)
                .extracting(span -> span.getAttributes().get(Names.OUTCOME))
                .containsExactly("retried_in_place", "retried_in_place", "retried", "acked");
        for (SpanData later : attempts.subList(1, 4)) {
            assertThat(later.getLinks())
                    .extracting(DeliveriesTest::what)
                    .contains("first attempt " + attempts.get(0).getSpanId());
        }
    }

    private static String what(LinkData link) {
        return link.getAttributes().get(Names.LINK) + " "
                + link.getSpanContext().getSpanId();
    }

    @Test
    void aFailureThatLeadsNowhereIsAnEventAndNotTheEnd() {
        MikaTester tester = builder().consumer("orders", taken::add).start();
        publish(tester);
        var unused = taken.get(0).fail("no");
        tester.runUntilIdle();
        assertThat(telemetry.spans()).isEmpty();

        taken.get(0).ack();

        assertThat(telemetry.span("process orders"))
                .hasStatus(StatusData.unset())
                .hasEventsSatisfyingExactly(event -> event.hasName("mika.unroutable")
                        .hasAttributesSatisfyingExactly(equalTo(Names.ERROR_TYPE, "_OTHER")));
    }

    @Test
    void whatIsTakenAwayEndsWithoutAnError() {
        MikaTester tester = builder().consumer("orders", taken::add).start();
        publish(tester);
        tester.close();

        assertThat(telemetry.span("process orders"))
                .hasStatus(StatusData.unset())
                .hasAttribute(Names.OUTCOME, "not_owned");
    }

    @Test
    void aRetryReplacesTheContextOfTheRecord() {
        MikaTester tester = builder()
                .consumer("orders", options -> options.retries(1), delivery -> {
                    taken.add(delivery);
                    if (delivery.attempt() == 1) {
                        throw new RetryableException("not yet");
                    }
                    delivery.ack();
                })
                .start();
        Headers headers = new RecordHeaders();
        Span publisher =
                telemetry.sdk.getTracer("test").spanBuilder("publisher").startSpan();
        tracing.inject(Context.root().with(publisher), headers);
        publish(tester, headers);

        SpanData send = telemetry.span("send retry");
        Headers again = taken.get(1).record().headers();
        assertThat(again.headers(KafkaTracing.TRACEPARENT)).hasSize(1);
        assertThat(HeaderAccess.INSTANCE.get(again, KafkaTracing.TRACEPARENT)).contains(send.getSpanId());
        assertThat(HeaderAccess.INSTANCE.get(again, FirstAttempt.HEADER))
                .contains(telemetry.span("process orders").getSpanId());
        Header original = Objects.requireNonNull(taken.get(0).record().headers().lastHeader(KafkaTracing.TRACEPARENT));
        assertThat(new String(original.value(), StandardCharsets.UTF_8))
                .as("the record in the handler's hands stays as it was")
                .contains(publisher.getSpanContext().getSpanId());
    }

    @Test
    void parkingIsNoPartOfTheTrace() {
        MikaTester tester = builder()
                .unclaimedFor(Duration.ofSeconds(10))
                .consumer("orders", Delivery::ack)
                .start();
        Headers headers = FailureHeaders.init(new RecordHeaders(), "test", "invoices", "no");
        Span before = telemetry.sdk.getTracer("test").spanBuilder("before").startSpan();
        tracing.inject(Context.root().with(before), headers);
        tester.publish(new ProducerRecord<>("retry", 0, (byte[]) null, new byte[1], headers));
        tester.runUntilIdle();
        tester.advance(Duration.ofMinutes(1));

        assertThat(tester.records("retry")).hasSize(2);
        assertThat(telemetry.names()).containsExactly("send dlq");
        assertThat(telemetry.span("send dlq"))
                .hasParentSpanId(before.getSpanContext().getSpanId())
                .hasAttribute(Names.PURPOSE, "dead_letter");
    }

    @Test
    void withoutAnSdkContextsArePassedOnAndNothingElseHappens() {
        KafkaTracing passing = KafkaTracing.create(OpenTelemetry.propagating(telemetry.sdk.getPropagators()));
        List<String> seen = new ArrayList<>();
        MikaTester tester = MikaTester.builder()
                .dlqTopic("dlq")
                .interceptor(passing)
                .consumer("orders", options -> options.useDlq(), delivery -> {
                    seen.add(Span.current().getSpanContext().getSpanId());
                    throw new IllegalStateException("no");
                })
                .start();
        Headers headers = new RecordHeaders();
        Span publisher =
                telemetry.sdk.getTracer("test").spanBuilder("publisher").startSpan();
        tracing.inject(Context.root().with(publisher), headers);
        publish(tester, headers);

        String id = publisher.getSpanContext().getSpanId();
        assertThat(seen).containsExactly(id);
        assertThat(tester.records("dlq"))
                .singleElement()
                .satisfies(record -> assertThat(HeaderAccess.INSTANCE.get(record.headers(), KafkaTracing.TRACEPARENT))
                        .contains(id));
    }

    @Test
    void withoutPropagatorsEither() {
        MikaTester tester = MikaTester.builder()
                .dlqTopic("dlq")
                .interceptor(KafkaTracing.create(OpenTelemetry.noop()))
                .consumer("orders", options -> options.useDlq(), delivery -> {
                    throw new IllegalStateException("no");
                })
                .start();
        publish(tester);

        assertThat(tester.records("dlq"))
                .singleElement()
                .satisfies(record -> assertThat(record.headers().lastHeader(FirstAttempt.HEADER))
                        .isNull());
    }

    @Test
    void aSpanThatTheHandlerStartsIsAChild() {
        MikaTester tester = builder()
                .consumer("orders", delivery -> {
                    Span own =
                            telemetry.sdk.getTracer("test").spanBuilder("bill").startSpan();
                    try (Scope current = own.makeCurrent()) {
                        delivery.ack();
                    } finally {
                        own.end();
                    }
                })
                .start();
        publish(tester);

        assertThat(telemetry.span("bill"))
                .hasParentSpanId(telemetry.span("process orders").getSpanId());
    }
}
