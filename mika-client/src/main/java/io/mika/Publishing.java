package io.mika;

import io.mika.consumer.SendObserver;
import io.mika.engine.Engine;
import io.mika.error.ClientClosedException;
import io.mika.error.MikaException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * What {@code publish} does: a producer of its own, and each record that was given to it until its future is complete.
 * <i>Thread-safe.</i>
 *
 * <p>Closing lets the producer finish what it was given, within the time-out, and fails the rest: no future is left
 * open.
 */
final class Publishing implements Engine.Resource {
    private final String clientId;
    private final UnaryOperator<String> wireName;
    private final Supplier<Producer<byte[], byte[]>> makeProducer;
    private final TimedSends timedSends;
    private final Set<PublishedRecord> outstanding = ConcurrentHashMap.newKeySet();

    /** Null until the client starts. */
    private volatile @Nullable Connection connection;

    private volatile boolean closed;

    private record Connection(Producer<byte[], byte[]> producer, Executor callbacks, Interception interception) {}

    /** Sees a record before it is sent. */
    interface Interception {
        /** May change its headers; null if nobody wants to know what becomes of it. */
        @Nullable SendObserver sending(ProducerRecord<byte[], byte[]> record);
    }

    Publishing(String clientId, UnaryOperator<String> wireName, Supplier<Producer<byte[], byte[]>> makeProducer) {
        this.clientId = clientId;
        this.wireName = wireName;
        this.makeProducer = makeProducer;
        this.timedSends = new TimedSends(clientId);
    }

    /** The client starts. From here on futures complete on that executor. */
    void open(Executor callbacks, Interception interception) {
        try {
            connection = new Connection(makeProducer.get(), callbacks, interception);
        } catch (KafkaException refused) {
            Throwable why = refused.getCause() == null ? refused : refused.getCause();
            throw new MikaException("the producer cannot be made: " + why.getMessage(), refused);
        }
    }

    /** Without a time-out the caller's thread sends, and waits while Kafka's buffer is full. */
    CompletableFuture<RecordMetadata> publish(ProducerRecord<byte[], byte[]> record, @Nullable Duration timeout) {
        ProducerRecord<byte[], byte[]> copy = onTheWire(record);
        Connection open = connection;
        if (closed) {
            return CompletableFuture.failedFuture(new ClientClosedException());
        }
        if (open == null) {
            throw new IllegalStateException("publish before start(): the client has no producer yet");
        }
        SendObserver observer = open.interception().sending(copy);
        PublishedRecord published = new PublishedRecord(record.topic(), open.callbacks(), () -> closed, observer);
        outstanding.add(published);
        published.onEnd(() -> outstanding.remove(published));
        if (closed) {
            published.cutOff();
        } else if (timeout == null) {
            published.send(open.producer(), copy);
        } else if (published.expiresIn(timeout)) {
            timedSends.offer(published, open.producer(), copy);
        }
        return published.result();
    }

    private ProducerRecord<byte[], byte[]> onTheWire(ProducerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(
                wireName.apply(record.topic()),
                record.partition(),
                record.timestamp(),
                record.key(),
                record.value(),
                record.headers());
    }

    /** What the producer measures of itself; nothing before the client starts. */
    Map<MetricName, ? extends Metric> kafkaMetrics() {
        Connection open = connection;
        return open == null ? Map.of() : open.producer().metrics();
    }

    /** How many records have no outcome yet. */
    int outstanding() {
        return outstanding.size();
    }

    @Override
    public void close(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        closed = true;
        timedSends.close(timeout.dividedBy(2));
        Connection open = connection;
        if (open != null) {
            closeProducer(open.producer(), deadline);
        }
        outstanding.forEach(PublishedRecord::cutOff);
    }

    /** On a thread of its own, for the producer's own time-out is no bound. */
    private void closeProducer(Producer<byte[], byte[]> producer, long deadline) {
        Duration rest = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        Thread closer = new Thread(() -> producer.close(rest), clientId + "-publish-close");
        closer.setDaemon(true);
        closer.start();
        try {
            TimeUnit.NANOSECONDS.timedJoin(closer, deadline - System.nanoTime());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
