package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import java.util.ArrayList;
import java.util.List;

/** What a handler of batches does with one. */
final class BatchApplication {
    private final World world;
    private final Application single;

    BatchApplication(World world, Application single) {
        this.world = world;
        this.single = single;
    }

    void behave(BatchCall call) throws Exception {
        int how = world.tardy ? 4 : how();
        if (how < 2 && !call.isCertain(world)) {
            how = 5;
        }
        switch (how) {
            case 0 -> call.ackAll(world);
            case 1 -> world.told.failAll(call);
            case 2 -> {
                later(call, 0);
                throw single.mistake(call.deliveries(), call.records());
            }
            case 3 -> oneByOne(call);
            case 4 -> later(call, 0);
            default -> ackEach(call);
        }
    }

    private int how() {
        Choices choices = world.choices;
        FailurePlan failures = world.plan.failures();
        if (world.calm) {
            return failures.hasTopics() && world.failings.mayFailInTheEnd() ? 1 : 0;
        }
        if (failures.hasTopics() && choices.chance(failures.failing())) {
            return choices.one(List.of(1, 2, 3));
        }
        return choices.chance(world.plan.diligence()) ? 0 : choices.pick(20, 20, 10, 20, 10);
    }

    /** Which tells what became of each. */
    private void ackEach(BatchCall call) {
        for (int i = 0; i < call.records().size(); i++) {
            world.pending.ack(call.deliveries().get(i), call.records().get(i));
        }
    }

    private void oneByOne(BatchCall call) throws Exception {
        int next = 0;
        try {
            while (next < call.records().size()) {
                single.behave(call.deliveries().get(next), call.records().get(next++));
            }
        } catch (Application.Mistake | RetryableException | InterruptedException thrown) { // what is open fails with it
            later(call, next);
            withTheOthers(call, thrown);
            throw thrown;
        }
    }

    /** Nothing is thrown for a single one: the whole batch fails. */
    private void withTheOthers(BatchCall call, Exception thrown) {
        if (thrown instanceof InterruptedException) {
            ackEach(call); // for it may settle nothing
            return;
        }
        List<Delivery> deliveries = new ArrayList<>();
        List<Polled> open = new ArrayList<>();
        for (int i = 0; i < call.records().size(); i++) {
            Polled record = call.records().get(i);
            if (record.isUndecided() || record.isUncertain()) {
                deliveries.add(call.deliveries().get(i));
                open.add(record);
            }
        }
        single.failWithTheSame(deliveries, open);
    }

    private void later(BatchCall call, int from) {
        for (int i = from; i < call.records().size(); i++) {
            single.later(call.deliveries().get(i), call.records().get(i), false);
        }
    }
}
