package io.mika.simulation;

import io.mika.consumer.Delivery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the handler of one member for one topic may be given, and when. */
final class HandingOut {
    private final World world;
    private final Member member;
    private final String topic;
    private final ConsumerPlan plan;

    HandingOut(World world, Member member, String topic) {
        this.world = world;
        this.member = member;
        this.topic = topic;
        this.plan = world.plan.consumer(topic);
    }

    /** A call begins with these; what the member knows of them. */
    List<Polled> call(List<Delivery> deliveries) {
        int most = Math.max(1, plan.batchRecords());
        if (deliveries.isEmpty() || deliveries.size() > most) {
            throw world.violate(deliveries.size() + " records at once, and " + most + " are allowed");
        }
        List<Polled> records = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            Polled record = member.polled(delivery.record());
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
        if (member.calls.count(topic) >= plan.concurrency()) {
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
        if (record.handedOut && record.again == null) {
            again(record);
        }
        if (!assignment.isNext(record)) {
            throw world.violate("handed out of order: " + record);
        }
        if (world.committed(assignment.partition) < 0 && !mayBeForgotten(assignment)) {
            throw world.violate("handed out before the start is committed: " + record);
        }
        if (assignment.undecided(topic) >= plan.maxInFlight()) {
            throw world.violate("handed out, and as many are open as may be: " + record);
        }
        member.switches(topic).handedOut(record);
        member.outage(topic).handedOut(record);
        new Received(world, topic, delivery, record).check();
        if (plan.failsOnDeadline()) {
            record.place.of.watched.add(record);
        }
        assignment.handedOut(record, delivery);
    }

    /** By the brokers, and without the client's knowledge. */
    private boolean mayBeForgotten(Assignment assignment) {
        return world.logs.truth(assignment.partition).forgotten
                || assignment.mayBeMistaken()
                || member.heard.mayTakeForToday(assignment.partition, assignment.beganAt);
    }

    /** It failed, though nobody told so: for what its client did by itself, or because of an outage. */
    private void again(Polled record) {
        Failing failing = record.failing;
        if (!comesAgain(failing) && record.mayHaveBeenFailed()) {
            failing = record.failedByItsClient();
        }
        if (failing == null || record.acked || !comesAgain(failing)) {
            throw world.violate("handed out again, and it did not fail: " + record);
        }
        record.assignment.cameAgain(record, failing.way == Failing.Way.IN_PLACE ? failing : failing.held());
    }

    private boolean comesAgain(@Nullable Failing failing) {
        return failing != null && (failing.way == Failing.Way.IN_PLACE || failing.mayBeHeld());
    }
}
