package io.mika.simulation;

import io.mika.engine.Stepper;
import io.mika.error.ClientClosedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What one member's consumer is switched to at run time, as far as the application was told that it is in effect. */
final class Switches {
    private static final double UNLIMITED = Double.POSITIVE_INFINITY;
    private static final double BURST_SECONDS = 0.01;

    private final World world;
    private final Member member;
    private final Stepper stepper;
    private final String topic;
    private boolean enabled;
    private double rate;
    /** Of calls that are not in effect yet, as far as the application knows. */
    private int enabling;

    private int changingRate;
    private long rateSince;
    private long handedSince;
    private boolean openForGood;

    Switches(World world, Member member, Stepper stepper, String topic) {
        this.world = world;
        this.member = member;
        this.stepper = stepper;
        this.topic = topic;
        this.enabled = !world.plan.consumer(topic).disabled();
        this.rate = world.plan.consumer(topic).rate();
        this.rateSince = world.clock.nanos();
    }

    void change() {
        switch (world.choices.pick(35, 35, 30)) {
            case 0 -> enable(false);
            case 1 -> enable(true);
            default -> limit(world.choices.one(List.of(UNLIMITED, 0.0, 1.0, 50.0, 1000.0)));
        }
    }

    /** Nothing is held back any more. */
    void open() {
        if (!openForGood) {
            openForGood = true;
            enable(true);
            limit(UNLIMITED);
        }
    }

    private void enable(boolean on) {
        world.note(() -> member + (on ? " enable " : " disable ") + topic);
        enabling += on ? 1 : 0;
        watch(stepper.enableConsumer(topic, on), () -> {
            enabling -= on ? 1 : 0;
            enabled = on;
        });
    }

    private void limit(double perSecond) {
        world.note(() -> member + " rate of " + topic + " " + perSecond);
        long asked = world.clock.nanos();
        changingRate++;
        watch(stepper.rateLimit(topic, perSecond), () -> {
            changingRate--;
            rate = perSecond;
            rateSince = asked;
            handedSince = 0;
        });
    }

    private void watch(CompletableFuture<Void> change, Runnable inEffect) {
        member.expects(change);
        var unused = change.whenComplete((nothing, error) -> {
            Throwable cause = error instanceof CompletionException ? error.getCause() : error;
            if (cause == null) {
                world.note(() -> member + " is told that its switch is in effect");
                inEffect.run();
            } else if (!(cause instanceof ClientClosedException) || !member.isClosing()) {
                throw world.violate(new Violation(member + " cannot be switched: " + cause, cause));
            }
        });
    }

    /** A record is handed out. */
    void handedOut(Polled record) {
        if (!enabled && enabling == 0) {
            throw world.violate("handed out while its consumer is disabled: " + record);
        }
        if (changingRate > 0 || rate == UNLIMITED) {
            return;
        }
        handedSince++;
        double seconds = (world.clock.nanos() - rateSince) / 1e9;
        double most = rate == 0 ? 0 : 1 + Math.max(1, rate * BURST_SECONDS) + rate * seconds;
        if (handedSince > most) {
            throw world.violate("handed out beyond the rate of " + rate + " a second: " + record);
        }
    }
}
