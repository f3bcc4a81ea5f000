package io.mika.engine;

import static io.mika.engine.LaneFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LanesTest {
    private static final int NO_LIMIT = 1_000_000;

    private final HandContext context = new HandContext();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Delivery> open = new ArrayList<>();

    private static Limits limits(int laneRecords, long laneBytes, int clientRecords, long clientBytes) {
        return new Limits(laneRecords, laneBytes, clientRecords, clientBytes, 4, Long.MAX_VALUE);
    }

    /** Lanes whose handlers leave everything open. */
    private final class Assigned {
        final Lanes lanes;
        final Pauses pauses;
        final Limits limits;

        Assigned(int partitions, Limits limits) {
            this.limits = limits;
            lanes = new Lanes(limits);
            pauses = new Pauses(new ConsumerProbe().poller(), lanes);
            for (int partition = 0; partition < partitions; partition++) {
                lanes.add(lane(partition));
            }
        }

        Lane lane(int partition) {
            Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), open::add);
            Lane lane = new Lane(
                    new TopicPartition("orders", partition), binding, context, new Dispatch(tasks::add, 1, context));
            lane.startAt(new Mark(0, 1));
            lane.run();
            return lane;
        }

        Lane of(int partition) {
            return lanes.all().get(partition);
        }

        void offer(int partition, int records, int valueSize) {
            Lane lane = of(partition);
            long from = lane.position().offset();
            lane.offer(
                    LongStream.range(from, from + records)
                            .mapToObj(offset -> record(offset, 1, valueSize))
                            .toList(),
                    limits);
            lane.advanceTo(new Mark(from + records, 1));
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }

        List<Integer> full() {
            lanes.sweepProgressed();
            lanes.limit(pauses);
            return lanes.all().stream()
                    .filter(lane -> lane.pauses().contains(PauseReason.FULL))
                    .map(lane -> lane.partition().partition())
                    .toList();
        }
    }

    private void ack(int deliveries) {
        for (int i = 0; i < deliveries; i++) {
            open.remove(0).ack();
        }
    }

    @Test
    void aFullLanePausesItsOwnPartitionUntilHalfIsSettled() {
        Assigned client = new Assigned(2, limits(8, NO_LIMIT, NO_LIMIT, NO_LIMIT));
        client.offer(0, 7, 1);
        client.offer(1, 1, 1);
        assertThat(client.full()).isEmpty();

        client.offer(0, 1, 1);
        assertThat(client.full()).containsExactly(0);
        ack(3);
        assertThat(client.full()).containsExactly(0);
        ack(3);
        assertThat(client.full()).isEmpty();
    }

    @Test
    void aLaneIsLimitedInBytesToo() {
        int size = 1_000;
        long each = (long) size + Chunk.RECORD_OVERHEAD;
        Assigned client = new Assigned(2, limits(NO_LIMIT, 4 * each, NO_LIMIT, NO_LIMIT));
        client.offer(0, 4, size);
        client.offer(1, 3, size);
        assertThat(client.full()).containsExactly(0);

        ack(2);
        assertThat(client.full()).isEmpty();
    }

    @Test
    void aFullLaneIsToldOfRoomAtOnce() {
        Assigned client = new Assigned(1, limits(4, NO_LIMIT, NO_LIMIT, NO_LIMIT));
        client.offer(0, 4, 1);
        ack(1);
        assertThat(context.signals).hasValue(0);

        client.offer(0, 1, 1);
        assertThat(client.full()).containsExactly(0);
        ack(1);
        assertThat(context.signals).hasValue(1);
    }

    @Test
    void aFullClientPausesThoseThatHoldMoreThanTheirShare() {
        Assigned client = new Assigned(4, limits(NO_LIMIT, NO_LIMIT, 40, NO_LIMIT));
        client.offer(0, 35, 1);
        client.offer(1, 4, 1);
        assertThat(client.full()).isEmpty();

        client.offer(2, 1, 1);
        assertThat(client.full()).as("a share is a quarter of a half: 5").containsExactly(0);
        client.offer(1, 1, 1);
        assertThat(client.full()).containsExactly(0, 1);
        ack(35);
        assertThat(client.full()).isEmpty();
    }

    @Test
    void everyPartitionIsAssuredOneRecord() {
        Assigned client = new Assigned(10, limits(NO_LIMIT, NO_LIMIT, 4, 1));
        client.offer(0, 4, 1);

        assertThat(client.full()).containsExactly(0);
        client.offer(1, 1, 1);
        assertThat(client.full()).containsExactly(0, 1);
    }

    @Test
    void aLaneIsThePartitionsOnlyWhileItIsAssigned() {
        Assigned client = new Assigned(1, Limits.DEFAULT);
        Lane before = client.of(0);
        client.lanes.remove(before);
        assertThat(client.lanes.isCurrent(before)).isFalse();

        Lane after = client.lane(0);
        client.lanes.add(after);
        assertThat(client.lanes.isCurrent(after)).isTrue();
        assertThat(client.lanes.isCurrent(before)).isFalse();
        client.lanes.remove(before);
        assertThat(client.lanes.isCurrent(after)).isTrue();
    }

    @Test
    void aHandlerOfAnEarlierAssignmentIsRemembered() {
        Lanes lanes = new Lanes(Limits.DEFAULT);
        TopicPartition partition = new TopicPartition("orders", 0);
        List<Boolean> seen = new ArrayList<>();
        Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {
            Lane lane = lanes.all().get(0);
            leave(lanes, lane);
            long deadline = context.nanoTime() + ConsumerOptions.DEFAULT_ACK_DEADLINE.toNanos();
            seen.add(lanes.isStillHandledFromBefore(partition, deadline - 1));
            seen.add(lanes.isStillHandledFromBefore(partition, deadline));
        });
        Lane lane = new Lane(partition, binding, context, new Dispatch(tasks::add, 1, context));
        lanes.add(lane);
        lane.startAt(new Mark(0, 1));
        lane.run();
        lane.offer(List.of(record(0, 1)), Limits.DEFAULT);
        tasks.remove().run();

        assertThat(seen).as("until it is stuck").containsExactly(true, false);
        assertThat(lanes.isStillHandledFromBefore(partition, context.nanoTime()))
                .isFalse();
    }

    @Test
    void aHandlerIsRememberedHoweverOftenItsPartitionComesAndGoes() {
        Lanes lanes = new Lanes(Limits.DEFAULT);
        TopicPartition partition = new TopicPartition("orders", 0);
        Dispatch dispatch = new Dispatch(tasks::add, 1, context);
        List<Boolean> seen = new ArrayList<>();
        Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {
            leave(lanes, lanes.all().get(0));
            Lane back = new Lane(
                    partition,
                    new Engine.Binding("orders", "orders", ConsumerOptions.create(), open::add),
                    context,
                    dispatch);
            lanes.add(back);
            leave(lanes, back);
            seen.add(lanes.isStillHandledFromBefore(partition, context.nanoTime()));
        });
        Lane lane = new Lane(partition, binding, context, dispatch);
        lanes.add(lane);
        lane.startAt(new Mark(0, 1));
        lane.run();
        lane.offer(List.of(record(0, 1)), Limits.DEFAULT);
        tasks.remove().run();

        assertThat(seen).containsExactly(true);
        assertThat(lanes.isStillHandledFromBefore(partition, context.nanoTime()))
                .isFalse();
    }

    private static void leave(Lanes lanes, Lane lane) {
        lane.discard();
        lanes.remove(lane);
    }
}
