package io.mika.simulation;

import io.mika.consumer.Batch;
import io.mika.consumer.BatchHandler;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The handler of one member for one topic, which does what handlers do, and worse. */
final class Application implements DeliveryHandler, BatchHandler {
    /** What a handler throws here; the engine reports it as it is. */
    static final class Mistake extends Exception {
        private static final long serialVersionUID = 1;

        Mistake(String message) {
            super(message, null, false, false);
        }
    }

    private interface Behaviour {
        void of(List<Polled> records) throws Exception;
    }

    private final World world;
    private final Member member;
    private final HandingOut handingOut;
    private final BatchApplication batches;
    /** The latest. */
    private @Nullable Failure thrown;

    Application(World world, Member member, String topic) {
        this.world = world;
        this.member = member;
        this.handingOut = new HandingOut(world, member, topic);
        this.batches = new BatchApplication(world, this);
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        call(List.of(delivery), records -> behave(delivery, records.get(0)));
    }

    @Override
    public void handle(Batch batch) throws Exception {
        call(batch.deliveries(), records -> batches.behave(new BatchCall(batch, records)));
    }

    private void call(List<Delivery> deliveries, Behaviour behaviour) throws Exception {
        if (member.isDead() || world.isViolated()) {
            return;
        }
        List<Polled> records = handingOut.call(deliveries);
        member.calls.begins(records);
        try {
            SlowCall slow = world.slowCall;
            if (slow != null && slow.takes(records)) {
                slow.lasts();
            }
            behaviour.of(records);
        } finally {
            member.calls.ends(records);
        }
    }

    void behave(Delivery delivery, Polled record) throws Exception {
        LongWait wait = world.longWait;
        if (wait != null && wait.takes(record)) {
            wait.fail(delivery, record);
            return;
        }
        if (world.tardy) {
            later(delivery, record, false);
            return;
        }
        switch (howToSettle()) {
            case 0 -> world.pending.ack(delivery, record);
            case 1 -> later(delivery, record, false);
            case 2 -> {
                world.pending.ack(delivery, record);
                world.pending.ack(delivery, record);
            }
            case 3 -> {
                takeTime(delivery, record);
                if (!member.isDead()) {
                    world.pending.ack(delivery, record);
                }
            }
            case 4 -> {
                later(delivery, record, false);
                takeTime(delivery, record);
            }
            case 5 -> later(delivery, record, true);
            case 6 -> {
                later(delivery, record, false);
                throw mistake(List.of(delivery), List.of(record));
            }
            case 7 -> world.told.fail(delivery, record);
            default -> {
                world.pending.ack(delivery, record);
                throw mistake(List.of(delivery), List.of(record));
            }
        }
    }

    private int howToSettle() {
        FailurePlan failures = world.plan.failures();
        if (world.calm) {
            return failures.hasTopics() && world.failings.mayFailInTheEnd() ? 7 : 0;
        }
        if (failures.hasTopics() && world.choices.chance(failures.failing())) {
            return world.choices.chance(50) ? 6 : 7;
        }
        return world.choices.chance(world.plan.diligence()) ? 0 : world.choices.pick(10, 30, 8, 10, 10, 6, 8, 8, 6);
    }

    /** What is open fails with what is thrown. */
    Exception mistake(List<Delivery> deliveries, List<Polled> records) {
        thrown = Failure.thrown(records.get(0));
        world.note(() -> "throw " + records + " " + thrown);
        failWith(thrown, deliveries, records);
        return thrown.thrown();
    }

    /** The same is thrown on, and these fail with it as well. */
    void failWithTheSame(List<Delivery> deliveries, List<Polled> records) {
        failWith(Objects.requireNonNull(thrown), deliveries, records);
    }

    private void failWith(Failure failure, List<Delivery> deliveries, List<Polled> records) {
        for (int i = 0; i < records.size(); i++) {
            Polled record = records.get(i);
            if (record.isUncertain()) { // its client may have failed it before: then what is thrown decides nothing
                world.pending.ack(deliveries.get(i), record);
            } else {
                world.told.thrown(failure.failing(record), deliveries.get(i));
            }
        }
    }

    void later(Delivery delivery, Polled record, boolean untilEnd) {
        world.note(() -> "open " + record + " " + record.id());
        if (!world.calm && record.consumer().hasDeadline() && world.choices.chance(20)) {
            Duration more = Duration.ofSeconds(world.choices.one(List.of(1, 10, 60)));
            world.note(() -> "extend " + record + " " + more);
            delivery.extend(more);
            record.extend(more);
        }
        world.pending.add(new Pending.Late(delivery, record, record.repeats, untilEnd));
    }

    /** Everything else goes on meanwhile. */
    private void takeTime(Delivery delivery, Polled record) throws InterruptedException {
        world.note(() -> "call of " + record + " takes its time");
        world.interleave(world.plan.callLength());
        world.note(() -> "call of " + record + " goes on");
        if (Thread.interrupted()) {
            interrupted(delivery, record);
        }
    }

    /** By its client, or the one within it was: all calls are of one thread here. */
    private void interrupted(Delivery delivery, Polled record) throws InterruptedException {
        world.note(() -> "call of " + record + " is interrupted");
        if (!world.plan.interrupts()) {
            throw world.violate("interrupted: " + record);
        }
        if (!member.isDead() && world.choices.chance(50)) {
            world.pending.ack(delivery, record); // what is thrown settles nothing, unless another was meant
            throw new InterruptedException("simulated");
        }
    }
}
