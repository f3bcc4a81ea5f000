package io.mika.simulation;

import io.mika.consumer.Batch;
import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import java.util.List;

/** What a handler of batches does with one. */
final class BatchApplication {
    private final World world;
    private final Application single;

    BatchApplication(World world, Application single) {
        this.world = world;
        this.single = single;
    }

    void behave(Batch batch, List<Polled> records) throws Exception {
        switch (world.tardy ? 4 : how()) {
            case 0 -> ackAll(batch, records);
            case 1 -> world.pending.failAll(batch, records);
            case 2 -> {
                later(batch.deliveries(), records, 0);
                throw single.mistake(records);
            }
            case 3 -> oneByOne(batch.deliveries(), records);
            default -> later(batch.deliveries(), records, 0);
        }
    }

    private void ackAll(Batch batch, List<Polled> records) {
        if (records.stream().noneMatch(Polled::mayHaveBeenFailed)) {
            world.pending.ackAll(batch, records);
            return;
        }
        for (int i = 0; i < records.size(); i++) {
            world.pending.ack(batch.deliveries().get(i), records.get(i)); // which tells what became of each
        }
    }

    private void oneByOne(List<Delivery> deliveries, List<Polled> records) throws Exception {
        int next = 0;
        try {
            while (next < records.size()) {
                single.behave(deliveries.get(next), records.get(next++));
            }
        } catch (Application.Mistake | RetryableException | InterruptedException thrown) { // what is open fails with it
            later(deliveries, records, next);
            Application.fail(records.stream().filter(Polled::isInHands).toList(), thrown instanceof RetryableException);
            throw thrown;
        }
    }

    private int how() {
        Choices choices = world.choices;
        return world.calm || choices.chance(world.plan.diligence()) ? 0 : choices.pick(20, 20, 10, 20, 10);
    }

    private void later(List<Delivery> deliveries, List<Polled> records, int from) {
        for (int i = from; i < records.size(); i++) {
            single.later(deliveries.get(i), records.get(i), false);
        }
    }
}
