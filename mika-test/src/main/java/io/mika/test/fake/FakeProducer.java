package io.mika.test.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** An idempotent producer of the fake broker. <i>For one thread.</i> */
final class FakeProducer implements ProducerDefaults {

    private static final int RECORD_OVERHEAD = 70;

    private final Broker broker;
    private final ProducerSettings settings;
    private final Set<Send> pending = new LinkedHashSet<>();
    private final Set<Send> unanswered = new LinkedHashSet<>();
    private final Runnable onLoss = this::resend;
    private final Map<TopicPartition, Long> lastReached = new TreeMap<>(Topics.ORDER);
    private final Map<TopicPartition, Long> lastAnswered = new TreeMap<>(Topics.ORDER);
    private @Nullable RuntimeException fatal;
    private int keyless;
    private boolean closed;

    FakeProducer(Broker broker, ProducerSettings settings) {
        this.broker = broker;
        this.settings = settings;
        broker.connect(onLoss);
    }

    /** One record under way. */
    private final class Send {
        private final ProducerRecord<byte[], byte[]> record;
        private final TopicPartition partition;
        private final Fate fate;
        private final @Nullable Callback callback;
        private final CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
        private long offset = -1;
        private long timestamp;

        Send(ProducerRecord<byte[], byte[]> record, TopicPartition partition, Fate fate, @Nullable Callback callback) {
            this.record = record;
            this.partition = partition;
            this.fate = fate;
            this.callback = callback;
        }

        void transmit() {
            pending.add(this);
            long reached = Math.max(
                    lastReached.getOrDefault(partition, 0L),
                    broker.in(fate.underway().toNanos()));
            lastReached.put(partition, reached);
            broker.network.add(reached, this::reach);
            broker.network.run(broker.now());
        }

        private void reach() {
            if (future.isDone()) {
                return;
            }
            if (broker.isDown()) {
                broker.onUp(this::reach);
                expireIn(settings.deliveryTimeout());
                return;
            }
            RuntimeException refused = fate.applied() || !fate.answered() ? refuse() : fate.error();
            if (refused == null && fate.applied()) {
                append();
            }
            if (fate.answered()) {
                answer(refused == null ? fate.error() : refused);
            } else {
                unanswered.add(this);
                expireIn(settings.deliveryTimeout());
            }
        }

        /** Sent again on a new connection; the broker knows it if it has it. */
        private void resend() {
            if (future.isDone()) {
                return;
            }
            if (broker.isDown()) {
                broker.onUp(this::resend);
                return;
            }
            RuntimeException refused = refuse();
            if (refused == null) {
                append();
            }
            answer(refused);
        }

        private @Nullable RuntimeException refuse() {
            if (sizeOf(record) > broker.maxMessageBytes) {
                return new RecordTooLargeException(
                        "The request included a message larger than the max message size the server will accept.");
            }
            return broker.topics.find(partition) == null ? expired() : null;
        }

        private void append() {
            if (offset < 0) {
                Long stamp = record.timestamp();
                timestamp = stamp == null ? broker.millis.getAsLong() : stamp;
                offset = broker.topics
                        .log(partition)
                        .append(new FakeLog.Content(timestamp, record.key(), record.value(), record.headers()));
                broker.faults.appended(record, partition, offset);
            }
        }

        private void answer(@Nullable RuntimeException error) {
            long at = Math.max(
                    lastAnswered.getOrDefault(partition, 0L),
                    broker.in(fate.answer().toNanos()));
            lastAnswered.put(partition, at);
            broker.answers.add(at, () -> complete(error));
        }

        void expireIn(long nanos) {
            broker.answers.add(broker.in(nanos), () -> complete(expired()));
        }

        private TimeoutException expired() {
            return new TimeoutException("Expiring 1 record(s) for " + partition + ": "
                    + settings.deliveryTimeout() / 1_000_000 + " ms has passed since batch creation");
        }

        void complete(@Nullable RuntimeException error) {
            if (future.isDone()) {
                return;
            }
            pending.remove(this);
            unanswered.remove(this);
            RecordMetadata metadata = error == null
                    ? new RecordMetadata(partition, offset, 0, timestamp, length(record.key()), length(record.value()))
                    : new RecordMetadata(partition, -1, -1, -1, -1, -1);
            if (callback != null) {
                callback.onCompletion(metadata, error);
            }
            if (error == null) {
                future.complete(metadata);
            } else {
                future.completeExceptionally(error);
            }
        }
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        if (closed) {
            throw new IllegalStateException("Cannot perform operation after producer has been closed");
        }
        if (fatal != null) {
            throw new KafkaException("Cannot execute transactional method because we are in an error state", fatal);
        }
        Integer given = record.partition();
        if (broker.topics.find(record.topic()) == null && broker.autoCreate && !broker.isDown()) {
            broker.topics.create(record.topic(), 1);
        }
        int count = broker.topics.partitions(record.topic());
        boolean missing = count == 0 || (given != null && given >= count);
        TopicPartition partition =
                new TopicPartition(record.topic(), given != null ? given : missing ? -1 : choose(record, count));
        Send send = new Send(record, partition, broker.faults.produce(record), callback);
        if (sizeOf(record) > settings.maxRequestSize()) {
            send.complete(new RecordTooLargeException("The message is " + sizeOf(record) + " bytes when serialized"
                    + " which is larger than " + settings.maxRequestSize() + ", which is the value of the"
                    + " max.request.size configuration."));
        } else if (missing) {
            pending.add(send);
            broker.answers.add(broker.in(settings.maxBlock()), () -> send.complete(absent(record, count)));
        } else {
            send.transmit();
        }
        return send.future;
    }

    private TimeoutException absent(ProducerRecord<byte[], byte[]> record, int count) {
        String what = count == 0
                ? "Topic " + record.topic()
                : "Partition " + record.partition() + " of topic " + record.topic() + " with partition count " + count;
        return new TimeoutException(
                what + " not present in metadata after " + settings.maxBlock() / 1_000_000 + " ms.");
    }

    private int choose(ProducerRecord<byte[], byte[]> record, int count) {
        byte[] key = record.key();
        return key == null ? keyless++ % count : Utils.toPositive(Utils.murmur2(key)) % count;
    }

    private static long sizeOf(ProducerRecord<byte[], byte[]> record) {
        long size = (long) RECORD_OVERHEAD + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += header.key().length();
            size += length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private void resend() {
        List<Send> again = new ArrayList<>(unanswered);
        unanswered.clear();
        again.forEach(Send::resend);
    }

    boolean isClosed() {
        return closed;
    }

    /** What is under way fails, and nothing can be sent any more. */
    void breakDown(RuntimeException error) {
        fatal = error;
        for (Send send : new ArrayList<>(pending)) {
            broker.answers.add(broker.now(), () -> send.complete(error));
        }
    }

    @Override
    public void flush() {
        settle(Agenda.NEVER);
    }

    private void settle(long deadline) {
        broker.await(
                () -> {
                    broker.answers.run(broker.now());
                    return pending.isEmpty();
                },
                deadline);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        int partitions = broker.topics.partitions(topic);
        if (partitions == 0) {
            throw new TimeoutException(
                    "Topic " + topic + " not present in metadata after " + settings.maxBlock() / 1_000_000 + " ms.");
        }
        return ConsumerInquiries.describe(topic, partitions);
    }

    @Override
    public void close(Duration timeout) {
        if (closed) {
            return;
        }
        closed = true;
        broker.disconnect(onLoss);
        settle(timeout.toMillis() > Integer.MAX_VALUE ? Agenda.NEVER : broker.in(timeout.toNanos()));
        for (Send send : new ArrayList<>(pending)) {
            send.complete(new KafkaException("Producer is closed forcefully."));
        }
    }
}
