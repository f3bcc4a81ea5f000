package io.mika.engine;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.record.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One record in a handler's hands. <i>Thread-safe.</i> Its state lives in its {@link Chunk}; this is no more than the
 * place where to find it, so that a delivery that is acked at once leaves nothing behind.
 */
final class OpenDelivery implements Delivery {
    private final Chunk chunk;
    private final int index;
    private final ConsumerRecord<byte[], byte[]> record;

    OpenDelivery(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record) {
        this.chunk = chunk;
        this.index = index;
        this.record = record;
    }

    @Override
    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    @Override
    public byte @Nullable [] key() {
        return record.key();
    }

    @Override
    public byte @Nullable [] value() {
        return record.value();
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
        return chunk.lane.binding().topic();
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
        return Optional.of(new Origin(record.topic(), record.partition(), record.offset()));
    }

    @Override
    public boolean possiblyRedelivered() {
        return false;
    }

    @Override
    public boolean isOwned() {
        return chunk.lane.isOwned() && chunk.state(index) != SettleState.DISCARDED;
    }

    @Override
    public Settlement ack() {
        if (chunk.move(index, SettleState.OPEN, SettleState.ACKED)) {
            return Settlement.ACKED;
        }
        if (chunk.move(index, SettleState.LATE, SettleState.ACKED)) {
            chunk.lane.lateSettled();
            return Settlement.ACKED;
        }
        // Between the two attempts the runner may have moved it from OPEN to LATE and nothing moves it back
        return refused();
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable Throwable reason) {
        return chunk.lane.fail(chunk, index, record, reason);
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable String reason) {
        return fail(new FailureReason(reason == null ? "unknown" : reason));
    }

    private Settlement refused() {
        return chunk.state(index) == SettleState.DISCARDED ? Settlement.NOT_OWNED : Settlement.ALREADY_SETTLED;
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " " + chunk.state(index);
    }
}
