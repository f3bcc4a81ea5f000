package io.mika.simulation;

import io.mika.consumer.Batch;
import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import java.util.ArrayList;
import java.util.List;

/** A call with a batch, and what its member knows of the records in it. */
final class BatchCall {
    private final Batch batch;
    private final List<Polled> records;
    /** What there would be to settle. */
    private final List<Pending.Late> settlements = new ArrayList<>();

    BatchCall(Batch batch, List<Polled> records) {
        this.batch = batch;
        this.records = records;
        for (int i = 0; i < records.size(); i++) {
            settlements.add(new Pending.Late(batch.deliveries().get(i), records.get(i)));
        }
    }

    Batch batch() {
        return batch;
    }

    List<Polled> records() {
        return records;
    }

    List<Delivery> deliveries() {
        return batch.deliveries();
    }

    /** Whether it is known of each of them whether it is open. */
    boolean isCertain(World world) {
        for (Polled record : records) {
            if (record.isUncertain() || (record.failing != null && world.turmoil.isRefusedToRetry(record.place.of))) {
                return false;
            }
        }
        return true;
    }

    /** What is open is acked by it, and nothing else changes. */
    void ackAll(World world) {
        boolean[] open = new boolean[records.size()];
        for (int i = 0; i < open.length; i++) {
            open[i] = records.get(i).isUndecided();
        }
        OutageTruth outage = records.get(0).assignment.member.outage(batch.topic());
        outage.mayBeOver();
        batch.ackAll();
        for (int i = 0; i < open.length; i++) {
            Polled record = records.get(i);
            Settlement outcome = deliveries().get(i).ack();
            world.note(() -> "ack all " + record + " " + record.id() + " " + outcome);
            if (outcome == Settlement.ACKED) {
                throw world.violate("left open by ackAll: " + record);
            }
            if (open[i] && outcome == Settlement.ALREADY_SETTLED && !record.isGone()) {
                record.assignment.acked(record);
                record.place.acked = true;
                outage.acked();
            }
        }
    }

    /** Somebody settles it some time, if it is open then. */
    void later(World world, int index) {
        world.pending.add(settlements.get(index));
    }
}
