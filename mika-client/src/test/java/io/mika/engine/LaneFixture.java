package io.mika.engine;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A lane in one thread: what is polled is handed out when {@link #runHandlers} is called, and the handler does what the
 * test says, by default nothing.
 */
final class LaneFixture {
    static final TopicPartition PARTITION = new TopicPartition("orders", 3);
    static final int EPOCH = 7;

    final HandContext context = new HandContext();
    final Queue<Runnable> tasks = new ArrayDeque<>();
    /** What was handed out, in that order. */
    final List<Long> handedOut = new ArrayList<>();

    private final Map<Long, Delivery> deliveries = new LinkedHashMap<>();
    private final Limits limits;
    private DeliveryHandler handler = delivery -> {};
    final Lane lane;

    LaneFixture() {
        this(ConsumerOptions.create(), Limits.DEFAULT);
    }

    LaneFixture(ConsumerOptions options, Limits limits) {
        this.limits = limits;
        Engine.Binding binding = new Engine.Binding("orders", "orders", options, this::handle);
        this.lane = new Lane(PARTITION, binding, context, new Dispatch(tasks::add, 1, context));
    }

    static LaneFixture withChunksOf(int records) {
        return new LaneFixture(ConsumerOptions.create(), limits(records, Long.MAX_VALUE));
    }

    static LaneFixture withMaxInFlight(int deliveries) {
        return new LaneFixture(ConsumerOptions.create().maxInFlight(deliveries), Limits.DEFAULT);
    }

    static Limits limits(int chunkRecords, long chunkBytes) {
        return new Limits(20_000, Long.MAX_VALUE, 200_000, Long.MAX_VALUE, chunkRecords, chunkBytes);
    }

    /** The lane runs from this offset on, after a record of {@link #EPOCH}. */
    LaneFixture startingAt(long offset) {
        lane.startAt(new Mark(offset, EPOCH));
        lane.run();
        return this;
    }

    LaneFixture handling(DeliveryHandler with) {
        handler = with;
        return this;
    }

    private void handle(Delivery delivery) throws Exception {
        handedOut.add(delivery.record().offset());
        deliveries.put(delivery.record().offset(), delivery);
        handler.handle(delivery);
    }

    /** A poll that brought records of these offsets, the position being after the last one. */
    void poll(long... offsets) {
        pollRecords(
                new Mark(offsets[offsets.length - 1] + 1, EPOCH),
                Arrays.stream(offsets).mapToObj(at -> record(at, EPOCH)).toList());
    }

    void pollRecords(Mark next, List<ConsumerRecord<byte[], byte[]>> records) {
        lane.offer(records, limits);
        lane.advanceTo(next);
    }

    static long[] range(long from, long to) {
        long[] offsets = new long[(int) (to - from)];
        Arrays.setAll(offsets, i -> from + i);
        return offsets;
    }

    static ConsumerRecord<byte[], byte[]> record(long offset, int epoch) {
        return record(offset, epoch, 1);
    }

    static ConsumerRecord<byte[], byte[]> record(long offset, int epoch, int valueSize) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                0L,
                TimestampType.CREATE_TIME,
                -1,
                valueSize,
                null,
                new byte[valueSize],
                new RecordHeaders(),
                epoch == Mark.NO_EPOCH ? Optional.empty() : Optional.of(epoch));
    }

    void runHandlers() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    void pollAndHandOut(long... offsets) {
        poll(offsets);
        runHandlers();
    }

    /** What was handed out last at this offset. */
    Delivery delivery(long offset) {
        return Objects.requireNonNull(deliveries.get(offset), () -> offset + " was not handed out");
    }

    void ack(long... offsets) {
        for (long offset : offsets) {
            delivery(offset).ack();
        }
    }

    Mark watermark() {
        lane.sweep();
        return lane.watermark();
    }

    List<Long> handedOpen() {
        return lane.handedOpen().stream().map(OpenRecord::offset).toList();
    }
}
