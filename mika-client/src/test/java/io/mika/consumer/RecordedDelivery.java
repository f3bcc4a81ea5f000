package io.mika.consumer;

import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A delivery that notes what is done to it. Its failures lead nowhere, so that it stays open. */
final class RecordedDelivery implements Delivery {
    /** In order: {@code acked}, {@code failed}. */
    final List<String> settlements = new ArrayList<>();

    final List<@Nullable Throwable> reasons = new ArrayList<>();

    private final ConsumerRecord<byte[], byte[]> record;

    private RecordedDelivery(@Nullable String value) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        record = new ConsumerRecord<>("orders.eu", 3, 17, null, bytes);
    }

    /** Of topic orders, with the suffix {@code .eu} on the wire. */
    static RecordedDelivery of(@Nullable String value) {
        return new RecordedDelivery(value);
    }

    @Override
    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.empty();
    }

    @Override
    public String topic() {
        return "orders";
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public Source source() {
        return Source.TOPIC;
    }

    @Override
    public Optional<Origin> origin() {
        return Optional.of(new Origin("orders", 3, 17));
    }

    @Override
    public Optional<FailureHeaders> failure() {
        return Optional.empty();
    }

    @Override
    public boolean possiblyRedelivered() {
        return false;
    }

    @Override
    public void extend(Duration time) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOwned() {
        return true;
    }

    @Override
    public synchronized Settlement ack() {
        settlements.add("acked");
        return Settlement.ACKED;
    }

    @Override
    public synchronized CompletableFuture<Settlement> fail(@Nullable Throwable reason) {
        settlements.add("failed");
        reasons.add(reason);
        return CompletableFuture.failedFuture(new IllegalStateException("leads nowhere"));
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable String reason) {
        return fail(new RuntimeException(reason));
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason) {
        return fail(reason);
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason, Duration delay) {
        return fail(reason);
    }
}
