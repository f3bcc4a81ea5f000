package io.mika.consumer;

import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that remembers whether it was failed: a failure that leads nowhere opens the delivery again, and an
 * automatic ack must not settle it then. <i>Thread-safe</i>.
 */
final class WatchedDelivery implements Delivery {

    private final Delivery delivery;
    private volatile boolean failed;

    WatchedDelivery(Delivery delivery) {
        this.delivery = delivery;
    }

    void ackUnlessFailed() {
        if (!failed) {
            delivery.ack();
        }
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable Throwable reason) {
        failed = true;
        return delivery.fail(reason);
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable String reason) {
        failed = true;
        return delivery.fail(reason);
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason) {
        failed = true;
        return delivery.retry(reason);
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason, Duration delay) {
        failed = true;
        return delivery.retry(reason, delay);
    }

    @Override
    public Settlement ack() {
        return delivery.ack();
    }

    @Override
    public ConsumerRecord<byte[], byte[]> record() {
        return delivery.record();
    }

    @Override
    public byte @Nullable [] key() {
        return delivery.key();
    }

    @Override
    public byte @Nullable [] value() {
        return delivery.value();
    }

    @Override
    public Optional<String> header(String name) {
        return delivery.header(name);
    }

    @Override
    public String topic() {
        return delivery.topic();
    }

    @Override
    public int attempt() {
        return delivery.attempt();
    }

    @Override
    public Source source() {
        return delivery.source();
    }

    @Override
    public Optional<Origin> origin() {
        return delivery.origin();
    }

    @Override
    public Optional<FailureHeaders> failure() {
        return delivery.failure();
    }

    @Override
    public boolean possiblyRedelivered() {
        return delivery.possiblyRedelivered();
    }

    @Override
    public void extend(Duration time) {
        delivery.extend(time);
    }

    @Override
    public boolean isOwned() {
        return delivery.isOwned();
    }

    @Override
    public String toString() {
        return delivery.toString();
    }
}
