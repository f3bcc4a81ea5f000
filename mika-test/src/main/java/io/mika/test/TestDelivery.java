package io.mika.test;

import static java.util.Objects.requireNonNull;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.error.UnroutableFailureException;
import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A delivery made by hand, for the test of a handler alone: no client, no broker, no thread.
 *
 * <pre>{@code
 * TestDelivery delivery = TestDelivery.of("orders", "key", "{\"amount\": 7}");
 * handler.handle(delivery);
 * assertThat(delivery.isAcked()).isTrue();
 * }</pre>
 *
 * <p>It behaves as a real one: the first settlement wins, and one that was taken away ({@link #revoke()}) is not owned.
 * A failure leads where {@link Builder#failsTo} says; unless told, nowhere, and then the delivery is open again.
 *
 * <p><i>Thread-safe.</i> Futures are complete when they are returned.
 */
public final class TestDelivery implements Delivery {
    private final ConsumerRecord<byte[], byte[]> record;
    private final String topic;
    private final int attempt;
    private final Source source;
    private final @Nullable Origin origin;
    private final boolean possiblyRedelivered;
    private final @Nullable Settlement failsTo;
    private final String group;

    private @Nullable Settlement settlement;
    private @Nullable Throwable failureReason;
    private @Nullable Duration retryDelay;
    private boolean retryAsked;
    private boolean owned = true;

    private TestDelivery(Builder builder, ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
        topic = builder.topic;
        attempt = builder.attempt;
        source = builder.source;
        origin = builder.origin();
        possiblyRedelivered = builder.possiblyRedelivered;
        failsTo = builder.failsTo;
        group = builder.group;
    }

    /**
     * The first attempt at a record: partition 0, offset 0.
     *
     * @param topic the consumer's topic
     * @param key in UTF-8, or null
     * @param value in UTF-8, or null
     * @return an open delivery
     */
    public static TestDelivery of(String topic, @Nullable String key, @Nullable String value) {
        return builder(topic).key(key).value(value).build();
    }

    /**
     * The first attempt at a record.
     *
     * @param record as read from the consumer's topic
     * @return an open delivery
     */
    public static TestDelivery of(ConsumerRecord<byte[], byte[]> record) {
        Builder builder = builder(record.topic()).at(record.partition(), record.offset());
        return new TestDelivery(builder, record);
    }

    /**
     * Begins with the first attempt at a record without key and value: partition 0, offset 0.
     *
     * @param topic the consumer's topic
     * @return a builder
     */
    public static Builder builder(String topic) {
        return new Builder(topic);
    }

    // ---- what a test reads

    /**
     * How the delivery was settled.
     *
     * @return empty while it is open; {@link Settlement#NOT_OWNED} if it was taken away while open
     */
    public synchronized Optional<Settlement> settlement() {
        return Optional.ofNullable(settlement);
    }

    /**
     * Whether the delivery was acked.
     *
     * @return false also while it is open
     */
    public boolean isAcked() {
        return settlement().filter(Settlement.ACKED::equals).isPresent();
    }

    /**
     * Why the delivery was failed: what the last call of {@code fail} gave that had an effect. A text is the message of an
     * exception, and where null was given, that is "unknown".
     *
     * @return empty if it was not failed
     */
    public synchronized Optional<Throwable> failureReason() {
        return Optional.ofNullable(failureReason);
    }

    /**
     * Whether it was failed by {@code retry}, which makes every failure retryable.
     *
     * @return false also if it was not failed
     */
    public synchronized boolean isRetryAsked() {
        return retryAsked;
    }

    /**
     * The delay that {@code retry} was given.
     *
     * @return empty if it was given none
     */
    public synchronized Optional<Duration> retryDelay() {
        return Optional.ofNullable(retryDelay);
    }

    /** Takes the delivery away, as when its partition goes to another member of the group. */
    public synchronized void revoke() {
        owned = false;
        if (settlement == null) {
            settlement = Settlement.NOT_OWNED;
        }
    }

    // ---- what a handler sees

    @Override
    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    @Override
    public Optional<String> header(String name) {
        Header last = record.headers().lastHeader(name);
        return last == null || last.value() == null
                ? Optional.empty()
                : Optional.of(new String(last.value(), StandardCharsets.UTF_8));
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Source source() {
        return source;
    }

    @Override
    public Optional<Origin> origin() {
        return Optional.ofNullable(origin);
    }

    @Override
    public Optional<FailureHeaders> failure() {
        return FailureHeaders.read(record.headers(), group);
    }

    @Override
    public boolean possiblyRedelivered() {
        return possiblyRedelivered;
    }

    @Override
    public void extend(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("extend: " + time + " is not above zero");
        }
    }

    @Override
    public synchronized boolean isOwned() {
        return owned;
    }

    @Override
    public synchronized Settlement ack() {
        if (settlement != null) {
            return refused(settlement);
        }
        settlement = Settlement.ACKED;
        return settlement;
    }

    @Override
    public synchronized CompletableFuture<Settlement> fail(@Nullable Throwable reason) {
        if (settlement != null) {
            return CompletableFuture.completedFuture(refused(settlement));
        }
        failureReason = reason == null ? new FailedWith("unknown") : reason;
        if (failsTo == null) {
            return CompletableFuture.failedFuture(
                    new UnroutableFailureException(topic, record.partition(), record.offset(), reason));
        }
        settlement = failsTo;
        return CompletableFuture.completedFuture(failsTo);
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable String reason) {
        return fail(new FailedWith(reason == null ? "unknown" : reason));
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason) {
        return askRetry(reason, null);
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason, Duration delay) {
        if (requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("retry: the delay " + delay + " is negative");
        }
        return askRetry(reason, delay);
    }

    private synchronized CompletableFuture<Settlement> askRetry(@Nullable Throwable reason, @Nullable Duration delay) {
        if (settlement == null) {
            retryAsked = true;
            retryDelay = delay;
        }
        return fail(reason);
    }

    private static Settlement refused(Settlement before) {
        return before == Settlement.NOT_OWNED ? Settlement.NOT_OWNED : Settlement.ALREADY_SETTLED;
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " "
                + settlement().map(Settlement::name).orElse("OPEN");
    }

    /** A failure that was given as text. */
    private static final class FailedWith extends Exception {
        private static final long serialVersionUID = 1L;

        FailedWith(String message) {
            super(message, null, false, false);
        }
    }

    /** What a delivery is like. <i>Not thread-safe.</i> */
    public static final class Builder {
        private final String topic;
        private String wireTopic;
        private int partition;
        private long offset;
        private long timestamp;
        private byte @Nullable [] key;
        private byte @Nullable [] value;
        private final Headers headers = new RecordHeaders();
        private int attempt = 1;
        private Source source = Source.TOPIC;
        private boolean withoutOrigin;
        private @Nullable Origin origin;
        private boolean possiblyRedelivered;
        private @Nullable Settlement failsTo;
        private String group = "test";

        private Builder(String topic) {
            this.topic = requireNonNull(topic, "topic");
            this.wireTopic = topic;
        }

        /**
         * Sets the key.
         *
         * @param text in UTF-8, or null
         * @return this
         */
        public Builder key(@Nullable String text) {
            return key(bytes(text));
        }

        /**
         * Sets the key.
         *
         * @param bytes not copied, or null
         * @return this
         */
        public Builder key(byte @Nullable [] bytes) {
            key = bytes;
            return this;
        }

        /**
         * Sets the value.
         *
         * @param text in UTF-8, or null
         * @return this
         */
        public Builder value(@Nullable String text) {
            return value(bytes(text));
        }

        /**
         * Sets the value.
         *
         * @param bytes not copied, or null
         * @return this
         */
        public Builder value(byte @Nullable [] bytes) {
            value = bytes;
            return this;
        }

        /**
         * Adds a header.
         *
         * @param name several may have the same
         * @param text in UTF-8, or null
         * @return this
         */
        public Builder header(String name, @Nullable String text) {
            return header(name, bytes(text));
        }

        /**
         * Adds a header.
         *
         * @param name several may have the same
         * @param bytes not copied, or null
         * @return this
         */
        @SuppressWarnings("NullAway") // a header's value may be null, which Kafka's method does not say
        public Builder header(String name, byte @Nullable [] bytes) {
            headers.add(name, bytes);
            return this;
        }

        /**
         * Sets partition and offset; default 0 and 0.
         *
         * @param number the partition
         * @param place the offset
         * @return this
         */
        public Builder at(int number, long place) {
            partition = number;
            offset = place;
            return this;
        }

        /**
         * Sets the record's time; default 1970-01-01T00:00:00Z.
         *
         * @param epochMillis the time
         * @return this
         */
        public Builder timestamp(long epochMillis) {
            timestamp = epochMillis;
            return this;
        }

        /**
         * Sets the name of the topic that the record was read from, where that is not the consumer's: with the global
         * suffix, or the retry topic.
         *
         * @param name on the wire
         * @return this
         */
        public Builder wireTopic(String name) {
            wireTopic = requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets which attempt it is; default 1.
         *
         * @param number from 1
         * @return this
         */
        public Builder attempt(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("attempt " + number + " is less than 1");
            }
            attempt = number;
            return this;
        }

        /**
         * Sets from where the record was read; default {@link Source#TOPIC}.
         *
         * @param kind of the topic
         * @return this
         */
        public Builder source(Source kind) {
            source = requireNonNull(kind, "kind");
            return this;
        }

        /**
         * Sets where the record first appeared; default where it is.
         *
         * @param place the origin
         * @return this
         */
        public Builder origin(Origin place) {
            origin = requireNonNull(place, "place");
            return this;
        }

        /**
         * It is not known where the record first appeared, as when a Go client failed it first.
         *
         * @return this
         */
        public Builder withoutOrigin() {
            withoutOrigin = true;
            return this;
        }

        /**
         * A handler was possibly given the record before.
         *
         * @return this
         */
        public Builder possiblyRedelivered() {
            possiblyRedelivered = true;
            return this;
        }

        /**
         * Names the group whose failure headers {@link Delivery#failure()} reads. Default: {@code test}.
         *
         * @param name the group
         * @return this
         */
        public Builder group(String name) {
            group = requireNonNull(name, "name");
            return this;
        }

        /**
         * Says where a failure leads: {@link Settlement#RETRIED} and so on. Unless this is called, nowhere: the future
         * fails with {@link UnroutableFailureException} and the delivery is open again.
         *
         * @param outcome what the future of {@code fail} completes with
         * @return this
         */
        public Builder failsTo(Settlement outcome) {
            failsTo = requireNonNull(outcome, "outcome");
            return this;
        }

        /**
         * Makes the delivery.
         *
         * @return an open delivery; each call makes another one
         */
        public TestDelivery build() {
            return new TestDelivery(this, record());
        }

        @SuppressWarnings("NullAway") // a key and a value may be null, which Kafka's constructor does not say
        private ConsumerRecord<byte[], byte[]> record() {
            return new ConsumerRecord<>(
                    wireTopic,
                    partition,
                    offset,
                    timestamp,
                    TimestampType.CREATE_TIME,
                    key == null ? ConsumerRecord.NULL_SIZE : key.length,
                    value == null ? ConsumerRecord.NULL_SIZE : value.length,
                    key,
                    value,
                    new RecordHeaders(headers),
                    Optional.empty());
        }

        private @Nullable Origin origin() {
            if (withoutOrigin) {
                return null;
            }
            return origin == null ? new Origin(topic, partition, offset) : origin;
        }

        private static byte @Nullable [] bytes(@Nullable String text) {
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
