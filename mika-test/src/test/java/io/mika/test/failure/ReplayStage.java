package io.mika.test.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Delivery;
import io.mika.event.ClientListener;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;
import io.mika.event.SkipReason;
import io.mika.record.FailureHeaders;
import io.mika.test.MikaTester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A client whose handler fails everything until it is mended, and what its dead letter queue is replayed with. */
class ReplayStage {
    static final String NOTE_GROUP = "test.mika-replay";

    final List<Delivery> deliveries = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    boolean mended;
    /** A value whose delivery is not settled. */
    String leftOpen = "";

    final ClientListener listener = new ClientListener() {
        @Override
        public void onSkipped(TopicPartition partition, SkipReason reason, int records) {
            skipped.add(reason + " " + records);
        }
    };

    MikaTester.Builder builder() {
        return builder(2);
    }

    MikaTester.Builder builder(int dlqPartitions) {
        return MikaTester.builder()
                .retryTopic("retry")
                .dlqTopic("dlq")
                .topic("dlq", dlqPartitions)
                .topic("orders", 2)
                .listener(listener)
                .consumer("orders", options -> options.retries(1).useDlq(), delivery -> {
                    deliveries.add(delivery);
                    if (!mended) {
                        throw new IllegalStateException("no " + text(delivery.value()));
                    }
                    if (!text(delivery.value()).equals(leftOpen)) {
                        delivery.ack();
                    }
                });
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void fail(MikaTester tester, int records) {
        for (int i = 0; i < records; i++) {
            tester.publish("orders", "k" + i, "v" + i);
        }
        tester.runUntilIdle();
        deliveries.clear();
    }

    static ReplayRequest.Builder fast() {
        return ReplayRequest.builder().rate(Double.POSITIVE_INFINITY);
    }

    static ReplayReport replay(MikaTester tester, ReplayRequest request) {
        Replay replay = tester.replayDlq(request);
        tester.advance(Duration.ofSeconds(5));
        assertThat(replay.completion()).isCompleted();
        assertThat(replay.progress()).isEqualTo(replay.completion().join());
        return replay.completion().join();
    }

    List<String> seen() {
        return deliveries.stream().map(delivery -> text(delivery.value())).toList();
    }

    static FailureHeaders headers(ConsumerRecord<byte[], byte[]> record) {
        return FailureHeaders.read(record.headers(), "test").orElseThrow();
    }

    /** A record of the dead letter queue as any client may have left it there. */
    static ProducerRecord<byte[], byte[]> dead(int partition, String group, String topic, String value) {
        Headers headers = FailureHeaders.init(new RecordHeaders(), group, topic, "no " + value);
        return new ProducerRecord<>("dlq", partition, (byte[]) null, value.getBytes(StandardCharsets.UTF_8), headers);
    }
}
