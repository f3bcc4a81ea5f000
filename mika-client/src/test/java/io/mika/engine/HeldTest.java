package io.mika.engine;

import static io.mika.engine.LaneFixture.EPOCH;
import static io.mika.engine.LaneFixture.PARTITION;
import static io.mika.engine.LaneFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Ordering;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a gate holds, under a clock that goes on between two looks at it, as real ones do. */
class HeldTest {
    private final HandContext context = new HandContext();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Gate gate = new Gate(false, Double.POSITIVE_INFINITY, null, 0);
    private final List<Long> handled = new ArrayList<>();

    private Lane lane(Ordering ordering) {
        Dispatch dispatch = new Dispatch(tasks::add, 2, context, gate);
        ConsumerOptions options = ConsumerOptions.create().ordering(ordering);
        Engine.Binding binding = new Engine.Binding("orders", "orders", options, delivery -> {
            handled.add(delivery.record().offset());
            delivery.ack();
        });
        Lane lane = ordering == Ordering.PARTITION
                ? new Lane(PARTITION, binding, context, dispatch)
                : Lane.unordered(PARTITION, context, made -> new UnorderedHandOut(made, binding, context, dispatch, 2));
        lane.startAt(new Mark(0, EPOCH));
        lane.run();
        return lane;
    }

    private void runHandlers() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @ParameterizedTest
    @EnumSource(Ordering.class)
    void goesOnWhenTheGateOpens(Ordering ordering) {
        context.step = 1;
        Lane lane = lane(ordering);
        lane.offer(List.of(record(0, EPOCH), record(1, EPOCH)), Limits.DEFAULT);
        lane.advanceTo(new Mark(2, EPOCH));
        runHandlers();
        assertThat(handled).isEmpty();

        gate.enable(true);
        lane.wake(context.nanoTime());
        runHandlers();

        assertThat(handled).containsExactlyInAnyOrder(0L, 1L);
    }
}
