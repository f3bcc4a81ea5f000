package io.mika.micrometer;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.SendPurpose;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A client to which one of everything happens that is measured. */
final class Story {
    private Story() {}

    static MikaTester run(KafkaMetrics metrics) {
        MikaTester tester = MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .unclaimedFor(Duration.ofSeconds(10))
                .interceptor(metrics)
                .listener(metrics)
                .consumer("orders", options -> options.retries(1).useDlq(), Story::handle)
                .consumer("mails", options -> options.disabled(), Story::handle)
                .start();
        metrics.observe(tester::explain);
        for (String value : List.of("fails", "goes well", "stays open")) {
            tester.publish("orders", "k", value);
        }
        Headers unclaimed = FailureHeaders.init(new RecordHeaders(), "test", "invoices", "no");
        tester.publish(new ProducerRecord<>("retry", 0, (byte[]) null, new byte[1], unclaimed));
        tester.runUntilIdle();
        metrics.onRewound(new TopicPartition("orders", 0), 3, 1);
        metrics.sending(new ProducerRecord<>("gone", new byte[1]), SendPurpose.PUBLISH)
                .failed(new IllegalStateException("no"));
        tester.advance(Duration.ofSeconds(5));
        return tester;
    }

    private static void handle(Delivery delivery) throws Exception {
        String value = new String(Objects.requireNonNull(delivery.value()), StandardCharsets.UTF_8);
        switch (value) {
            case "fails" -> throw new RetryableException("no");
            case "stays open" -> {
                // Nobody settles it
            }
            default -> delivery.ack();
        }
    }
}
