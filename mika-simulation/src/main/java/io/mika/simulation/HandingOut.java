package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.util.ArrayList;
import java.util.List;

/** What a member's handler may be given, and when. */
final class HandingOut {
    private final World world;
    private final Member member;

    HandingOut(World world, Member member) {
        this.world = world;
        this.member = member;
    }

    /** A call begins with these; what the member knows of them. */
    List<Polled> call(List<Delivery> deliveries) {
        int most = Math.max(1, world.plan.consumer().batchRecords());
        if (deliveries.isEmpty() || deliveries.size() > most) {
            throw world.violate(deliveries.size() + " records at once, and " + most + " are allowed");
        }
        List<Polled> records = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            Polled record = member.polled.get(delivery.record());
            if (record == null) {
                throw world.violate(member + " was handed " + delivery + ", which it did not poll");
            }
            world.deliveries++;
            handed(delivery, record);
            alone(record);
            records.add(record);
        }
        return records;
    }

    private void alone(Polled record) {
        Polled other = member.calls.inTheWayOf(record);
        if (other != null) {
            throw world.violate("two calls at once: " + record + " and " + other);
        }
        if (member.calls.count() >= world.plan.consumer().concurrency()) {
            throw world.violate("more calls at once than may be: " + record);
        }
    }

    private void handed(Delivery delivery, Polled record) {
        Assignment assignment = record.assignment;
        if (record.dropped || assignment.ended || assignment.stopping) {
            throw world.violate("handed out, and no longer ours: " + record);
        }
        if (member.report() != null) {
            throw world.violate("handed out after the report: " + record);
        }
        if (record.isHandedOut()) {
            again(delivery, record);
        } else if (!assignment.isNext(record)) {
            throw world.violate("handed out of order: " + record);
        }
        if (assignment.inHands() >= world.plan.consumer().maxInFlight()) {
            throw world.violate("handed out, and as many are open as may be: " + record);
        }
        member.switches.handedOut(record);
        assignment.handedOut(record, delivery);
        if (world.committed(assignment.partition) < 0 && !world.truth(assignment.partition).forgotten) {
            throw world.violate("handed out before the start is committed: " + record);
        }
    }

    private void again(Delivery delivery, Polled record) {
        if (record.acked
                || (record.failing == 0 && !record.comesAgain && !record.comesFirst && !record.mayHaveBeenFailed())) {
            throw world.violate("handed out again, and it did not fail: " + record);
        }
        if (record.times > world.plan.consumer().inPlaceRetries() || delivery.attempt() != record.times + 1) {
            throw world.violate("attempt " + delivery.attempt() + " of a record that was handed out " + record.times
                    + " times: " + record);
        }
    }
}
