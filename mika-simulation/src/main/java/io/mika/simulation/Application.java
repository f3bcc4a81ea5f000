package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;

/** The handler of one member, which does what handlers do, and worse. */
final class Application implements DeliveryHandler {
    /** What a handler throws here; the engine reports it as it is. */
    static final class Mistake extends Exception {
        private static final long serialVersionUID = 1;

        Mistake() {
            super("simulated", null, false, false);
        }
    }

    private final World world;
    private final Member member;

    Application(World world, Member member) {
        this.world = world;
        this.member = member;
    }

    @Override
    public void handle(Delivery delivery) throws Mistake {
        if (member.isDead() || world.isViolated()) {
            return;
        }
        Polled record = member.polled.get(delivery.record());
        if (record == null) {
            throw world.violate(member + " was handed " + delivery + ", which it did not poll");
        }
        world.deliveries++;
        handed(record);
        Polled other = member.calls.inTheWayOf(record);
        if (other != null) {
            throw world.violate("two calls at once: " + record + " and " + other);
        }
        member.calls.begins(record);
        try {
            behave(delivery, record);
        } finally {
            member.calls.ends(record);
        }
    }

    private void handed(Polled record) {
        Assignment assignment = record.assignment;
        if (record.dropped || assignment.ended || assignment.stopping) {
            throw world.violate("handed out, and no longer ours: " + record);
        }
        if (member.report() != null) {
            throw world.violate("handed out after the report: " + record);
        }
        if (!assignment.isNext(record)) {
            throw world.violate("handed out of order: " + record);
        }
        assignment.handedOut(record);
        if (world.committed(assignment.partition) < 0 && !world.truth(assignment.partition).forgotten) {
            throw world.violate("handed out before the start is committed: " + record);
        }
    }

    private void behave(Delivery delivery, Polled record) throws Mistake {
        if (world.tardy) {
            later(delivery, record, false);
            return;
        }
        int how = world.calm || world.choices.chance(world.plan.diligence())
                ? 0
                : world.choices.pick(10, 30, 8, 10, 10, 6, 8, 8, 6);
        switch (how) {
            case 0 -> world.pending.ack(delivery, record);
            case 1 -> later(delivery, record, false);
            case 2 -> {
                world.pending.ack(delivery, record);
                world.pending.ack(delivery, record);
            }
            case 3 -> {
                takeTime(record);
                if (!member.isDead()) {
                    world.pending.ack(delivery, record);
                }
            }
            case 4 -> {
                later(delivery, record, false);
                takeTime(record);
            }
            case 5 -> later(delivery, record, true);
            case 6 -> {
                later(delivery, record, false);
                world.note(() -> "throw " + record);
                record.failing++;
                throw new Mistake();
            }
            case 7 -> world.pending.fail(delivery, record);
            default -> {
                world.pending.ack(delivery, record);
                throw new Mistake();
            }
        }
    }

    private void later(Delivery delivery, Polled record, boolean untilEnd) {
        world.note(() -> "open " + record + " " + record.id);
        world.pending.add(new Pending.Late(delivery, record, untilEnd));
    }

    /** Everything else goes on meanwhile. */
    private void takeTime(Polled record) {
        world.note(() -> "call of " + record + " takes its time");
        world.interleave(world.plan.callLength());
        world.note(() -> "call of " + record + " goes on");
    }
}
