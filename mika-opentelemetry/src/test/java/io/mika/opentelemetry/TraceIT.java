package io.mika.opentelemetry;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;
import static org.awaitility.Awaitility.await;

import io.mika.KafkaClient;
import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.env.StartPosition;
import io.mika.event.ReplayRequest;
import io.mika.test.broker.KafkaFixture;
import io.mika.test.broker.WithBroker;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The trace of a record that fails for good, on a real broker. */
@WithBroker
class TraceIT {
    private final Telemetry telemetry = new Telemetry();

    /** The spans that were current in the handler, one for each attempt. */
    private final List<String> current = new CopyOnWriteArrayList<>();

    private void failThreeTimes(Delivery delivery) {
        current.add(Span.current().getSpanContext().getSpanId());
        if (delivery.attempt() > 3) {
            delivery.ack();
            return;
        }
        throw new RetryableException("attempt " + delivery.attempt(), new IOException("no route"));
    }

    @Test
    void aRecordThatIsRetriedTwiceDeadLetteredAndReplayedIsOneTrace(KafkaFixture kafka) {
        String topic = kafka.topic("orders", 1);
        String retry = kafka.topic("retry", 1);
        String dlq = kafka.topic("dlq", 1);
        String group = kafka.group("billing");
        KafkaClient client = KafkaClient.builder(name -> null)
                .brokers(kafka.bootstrapServers())
                .group(group)
                .startFrom(StartPosition.earliest())
                .retryTopic(retry)
                .dlqTopic(dlq)
                .interceptor(KafkaTracing.create(telemetry.sdk))
                .consumer(topic, options -> options.retries(2).useDlq(), this::failThreeTimes)
                .build();
        client.start();
        try {
            client.publish(new ProducerRecord<>(topic, bytes("key"), bytes("value")))
                    .join();
            await().atMost(Duration.ofMinutes(1)).until(() -> telemetry.spans().size() == 7);
            client.replayDlq(ReplayRequest.builder().build()).completion().join();
            await().atMost(Duration.ofMinutes(1)).until(() -> telemetry.spans().size() == 9);
        } finally {
            client.close();
        }
        String clientId = client.toString().replaceAll("KafkaClient\\[(.*)]", "$1");
        new Story(telemetry.spans(), clientId, group, topic).isThatOf(retry, dlq);
        assertThat(telemetry.spans())
                .filteredOn(span -> span.getKind() == SpanKind.CONSUMER)
                .extracting(SpanData::getSpanId)
                .containsExactlyElementsOf(current);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As its span is to tell it. */
    private record Attempt(String from, long number, String source, String outcome, long offset) {}

    /** The spans in the order in which they began to matter: each one the parent of the next. */
    private record Story(List<SpanData> spans, String clientId, String group, String topic) {

        void isThatOf(String retry, String dlq) {
            SpanData published = root();
            assertSend(published, topic, "publish");
            SpanData first = childOf(published);
            assertFailed(first, new Attempt(topic, 1, "topic", "retried", 0), published, null);
            SpanData retried = childOf(first);
            assertSend(retried, retry, "retry");
            SpanData second = childOf(retried);
            assertFailed(second, new Attempt(retry, 2, "retry", "retried", 0), retried, first);
            SpanData retriedAgain = childOf(second);
            assertSend(retriedAgain, retry, "retry");
            SpanData third = childOf(retriedAgain);
            assertFailed(third, new Attempt(retry, 3, "retry", "dead_lettered", 1), retriedAgain, first);
            SpanData putAside = childOf(third);
            assertSend(putAside, dlq, "dead_letter");
            SpanData replayed = childOf(putAside);
            assertSend(replayed, retry, "replay");
            assertAcked(childOf(replayed), new Attempt(retry, 4, "retry", "acked", 2), replayed, first);
        }

        private SpanData root() {
            List<SpanData> roots = spans.stream()
                    .filter(span -> !span.getParentSpanContext().isValid())
                    .toList();
            assertThat(roots).as("one trace has one root").hasSize(1);
            assertThat(spans)
                    .extracting(SpanData::getTraceId)
                    .containsOnly(roots.get(0).getTraceId());
            return roots.get(0);
        }

        private SpanData childOf(SpanData parent) {
            List<SpanData> children = spans.stream()
                    .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                    .toList();
            assertThat(children).as("children of " + parent.getName()).hasSize(1);
            return children.get(0);
        }

        private void assertSend(SpanData span, String to, String purpose) {
            assertThat(span)
                    .hasName("send " + to)
                    .hasKind(SpanKind.PRODUCER)
                    .hasStatus(StatusData.unset())
                    .hasTotalRecordedLinks(0)
                    .hasEnded()
                    .hasAttributesSatisfyingExactly(
                            equalTo(AttributeKey.stringKey("messaging.system"), "kafka"),
                            equalTo(AttributeKey.stringKey("messaging.operation.name"), "send"),
                            equalTo(AttributeKey.stringKey("messaging.operation.type"), "send"),
                            equalTo(AttributeKey.stringKey("messaging.destination.name"), to),
                            equalTo(AttributeKey.stringKey("messaging.destination.partition.id"), "0"),
                            equalTo(AttributeKey.longKey("messaging.kafka.offset"), offset(span)),
                            equalTo(AttributeKey.stringKey("messaging.client.id"), clientId),
                            equalTo(AttributeKey.stringKey("mika.purpose"), purpose));
        }

        private void assertFailed(SpanData span, Attempt attempt, SpanData wrote, @Nullable SpanData first) {
            assertThat(span)
                    .hasStatus(StatusData.create(StatusCode.ERROR, "attempt " + attempt.number()))
                    .hasEventsSatisfyingExactly(event -> event.hasName("exception"))
                    .hasAttribute(AttributeKey.stringKey("error.type"), "java.io.IOException");
            assertAttempt(span, attempt, 13, wrote, first);
        }

        private void assertAcked(SpanData span, Attempt attempt, SpanData wrote, SpanData first) {
            assertThat(span).hasStatus(StatusData.unset()).hasTotalRecordedEvents(0);
            assertAttempt(span, attempt, 12, wrote, first);
        }

        private void assertAttempt(
                SpanData span, Attempt attempt, int attributes, SpanData wrote, @Nullable SpanData first) {
            assertThat(span)
                    .hasName("process " + attempt.from())
                    .hasKind(SpanKind.CONSUMER)
                    .hasEnded()
                    .hasTotalAttributeCount(attributes)
                    .hasAttributesSatisfying(
                            equalTo(AttributeKey.stringKey("messaging.system"), "kafka"),
                            equalTo(AttributeKey.stringKey("messaging.operation.name"), "process"),
                            equalTo(AttributeKey.stringKey("messaging.operation.type"), "process"),
                            equalTo(AttributeKey.stringKey("messaging.destination.name"), attempt.from()),
                            equalTo(AttributeKey.stringKey("messaging.destination.partition.id"), "0"),
                            equalTo(AttributeKey.longKey("messaging.kafka.offset"), attempt.offset()),
                            equalTo(AttributeKey.stringKey("messaging.consumer.group.name"), group),
                            equalTo(AttributeKey.stringKey("messaging.client.id"), clientId),
                            equalTo(AttributeKey.stringKey("mika.topic"), topic),
                            equalTo(AttributeKey.longKey("mika.attempt"), attempt.number()),
                            equalTo(AttributeKey.stringKey("mika.source"), attempt.source()),
                            equalTo(AttributeKey.stringKey("mika.outcome"), attempt.outcome()));
            List<String> links = new ArrayList<>(List.of("creation " + wrote.getSpanId()));
            if (first != null) {
                links.add("first attempt " + first.getSpanId());
            }
            assertThat(span.getLinks()).extracting(Story::what).containsExactlyElementsOf(links);
        }

        private static String what(LinkData link) {
            return link.getAttributes().get(AttributeKey.stringKey("mika.link")) + " "
                    + link.getSpanContext().getSpanId();
        }

        private static long offset(SpanData span) {
            return Objects.requireNonNull(span.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset")));
        }
    }
}
