package io.mika.simulation;

import io.mika.consumer.Batch;
import io.mika.consumer.BatchHandler;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.RetryableException;
import java.time.Duration;
import java.util.List;

/** The handler of one member, which does what handlers do, and worse. */
final class Application implements DeliveryHandler, BatchHandler {
    /** What a handler throws here; the engine reports it as it is. */
    static final class Mistake extends Exception {
        private static final long serialVersionUID = 1;

        Mistake() {
            super("simulated", null, false, false);
        }
    }

    private final World world;
    private final Member member;
    private final HandingOut handingOut;
    private final BatchApplication batches;

    Application(World world, Member member) {
        this.world = world;
        this.member = member;
        this.handingOut = new HandingOut(world, member);
        this.batches = new BatchApplication(world, this);
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        call(List.of(delivery), records -> behave(delivery, records.get(0)));
    }

    @Override
    public void handle(Batch batch) throws Exception {
        call(batch.deliveries(), records -> batches.behave(batch, records));
    }

    private interface Behaviour {
        void of(List<Polled> records) throws Exception;
    }

    private void call(List<Delivery> deliveries, Behaviour behaviour) throws Exception {
        if (member.isDead() || world.isViolated()) {
            return;
        }
        List<Polled> records = handingOut.call(deliveries);
        member.calls.begins(records);
        try {
            SlowCall slow = world.slowCall;
            if (slow != null && !slow.hasBegun() && records.stream().anyMatch(slow::isOf)) {
                slow.begins();
                new Ending(world).duringSlowCall(slow);
                slow.returns();
            }
            behaviour.of(records);
        } finally {
            member.calls.ends(records);
        }
    }

    void behave(Delivery delivery, Polled record) throws Exception {
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
                later(delivery, record, false);
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
                throw mistake(List.of(record));
            }
            case 7 -> world.pending.fail(delivery, record);
            default -> {
                world.pending.ack(delivery, record);
                throw new Mistake();
            }
        }
    }

    /** What is open fails with what is thrown; nobody tells the application what became of it. */
    Exception mistake(List<Polled> records) {
        world.note(() -> "throw " + records);
        boolean retryable = world.failsRetryable();
        fail(records, retryable);
        return retryable ? new RetryableException("simulated") : new Mistake();
    }

    static void fail(List<Polled> records, boolean retryable) {
        for (Polled record : records) {
            if (retryable && record.mayComeAgain()) {
                record.comesFirst = true;
            } else {
                record.failing++;
            }
        }
    }

    /** By its client, or the one within it was: all calls are of one thread here. */
    private void interrupted(Polled record) throws InterruptedException {
        world.note(() -> "call of " + record + " is interrupted");
        if (!world.plan.consumer().interrupts()) {
            throw world.violate("interrupted: " + record);
        }
        if (world.choices.chance(50)) {
            record.failing++; // that settles nothing, unless another was meant
            throw new InterruptedException("simulated");
        }
    }

    void later(Delivery delivery, Polled record, boolean untilEnd) {
        world.note(() -> "open " + record + " " + record.id);
        if (!world.calm && world.plan.consumer().hasDeadline() && world.choices.chance(20)) {
            Duration more = Duration.ofSeconds(world.choices.one(List.of(1, 10, 60)));
            world.note(() -> "extend " + record + " " + more);
            delivery.extend(more);
            record.extend(more);
        }
        world.pending.add(new Pending.Late(delivery, record, untilEnd));
    }

    /** Everything else goes on meanwhile. */
    private void takeTime(Polled record) throws InterruptedException {
        world.note(() -> "call of " + record + " takes its time");
        world.interleave(world.plan.callLength());
        world.note(() -> "call of " + record + " goes on");
        if (Thread.interrupted()) {
            interrupted(record);
        }
    }
}
