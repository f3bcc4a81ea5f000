package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the application tells of deliveries that failed, and what it hears of them. */
final class FailureTold {
    private final World world;

    FailureTold(World world) {
        this.world = world;
    }

    void fail(Delivery delivery, Polled record) {
        fail(new Pending.Late(delivery, record));
    }

    void fail(Pending.Late entry) {
        Polled record = entry.record();
        if (entry.isLost()) {
            return;
        }
        if (record.isUncertain()) {
            world.pending.ack(entry); // which tells whether its client failed it before
            return;
        }
        if (record.failing != null && world.turmoil.isRefusedToRetry(record.place.of)) {
            world.pending.add(entry); // it may be open again, and nobody was told so yet
            return;
        }
        tell(entry, Failure.any(record));
    }

    void tell(Pending.Late entry, Failure failure) {
        Polled record = entry.record();
        boolean isFirst = isOpen(record) && !record.isGone() && !entry.isOver();
        world.note(() -> "fail " + record + " " + record.id() + " " + failure);
        CompletableFuture<Settlement> future = failure.tell(entry.delivery());
        if (isFirst && !future.isDone()) {
            told(failure.failing(), entry.delivery());
        }
        watch(future, record, record.failings.get(entry.delivery()));
    }

    /** Also if it is where it was refused in the end, for the first try had got there. */
    private boolean isOpen(Polled record) {
        boolean isElsewhere = record.copied && !world.turmoil.isRefusedToRetry(record.place.of);
        return record.failing == null && !record.acked && !isElsewhere;
    }

    /** The record's handler throws: nobody hears what becomes of that. */
    void thrown(Failing failing, Delivery delivery) {
        Polled record = failing.record;
        if (isOpen(record) && !record.isGone() && record.again == null) {
            if (!record.assignment.member.isClosing()) { // which may end before it looks at what was thrown
                outage(failing).failed(failing);
            }
            begins(failing, delivery);
        }
    }

    /** Its client has found its way already. */
    private void told(Failing failing, Delivery delivery) {
        OutageTruth outage = outage(failing);
        outage.failed(failing);
        failing.stays = outage.keeps(failing);
        failing.movesOn = outage.movesOn();
        begins(failing, delivery);
    }

    private static OutageTruth outage(Failing failing) {
        return failing.record.assignment.member.outage(failing.record.topic());
    }

    void begins(Failing failing, Delivery delivery) {
        Polled record = failing.record;
        world.failings.add(failing);
        record.failings.put(delivery, failing);
        if (failing.way == Failing.Way.IN_PLACE) {
            record.assignment.again(record, failing);
        } else if (!failing.leadsNowhere()) {
            record.failing = failing;
            record.place.of.failings.add(failing);
        }
    }

    /** Whatever became of the failure, its future says so; open again, it is acked some time. */
    private void watch(CompletableFuture<Settlement> future, Polled record, @Nullable Failing failing) {
        Member member = record.assignment.member;
        member.expects(future);
        var unused = future.whenComplete((outcome, error) -> {
            if (!member.isDead()) {
                Throwable cause = error instanceof CompletionException ? error.getCause() : error;
                world.note(() -> "failure of " + record + " -> "
                        + (cause == null ? outcome : cause.getClass().getSimpleName()));
                failed(outcome, cause, record, failing);
            }
        });
    }

    private void failed(
            @Nullable Settlement outcome, @Nullable Throwable error, Polled record, @Nullable Failing failing) {
        boolean wasUnderWay = record.failing == failing;
        ended(record, failing);
        if (failing != null && isHeld(outcome, failing)) {
            if (wasUnderWay && !record.copied) {
                record.assignment.again(record, failing.held());
            }
            return;
        }
        if (error instanceof UnroutableFailureException) {
            check(failing, record, error.getClass().getSimpleName(), Failing.Way.NOWHERE);
        } else if (outcome == Settlement.RETRIED) {
            check(failing, record, outcome, Failing.Way.RETRY);
        } else if (outcome == Settlement.RETRIED_IN_PLACE) {
            check(failing, record, outcome, Failing.Way.IN_PLACE);
        } else if (outcome == Settlement.DEAD_LETTERED) {
            check(failing, record, outcome, Failing.Way.DLQ);
        } else if (outcome == Settlement.ACKED) {
            throw world.violate("the failure of " + record + " ended as " + outcome);
        } else if (outcome == Settlement.NOT_OWNED && !record.isGone() && !record.assignment.isEnding()) {
            throw world.violate("the failure of " + record + " ended as " + outcome + ", and it is owned");
        }
    }

    /** Because of an outage; whoever told of the failure late is told that it is over. */
    private boolean isHeld(@Nullable Settlement outcome, Failing failing) {
        return failing.mayBeHeld() && (outcome == Settlement.RETRIED_IN_PLACE || outcome == Settlement.ALREADY_SETTLED);
    }

    private static void ended(Polled record, @Nullable Failing failing) {
        if (record.failing == failing) {
            record.failing = null;
        }
        if (failing != null) {
            record.place.of.failings.remove(failing);
        }
    }

    /** It came to this end by the way that it was to go, and is there. */
    private void check(@Nullable Failing failing, Polled record, Object end, Failing.Way way) {
        if (record.mayEverHaveBeenFailed() && (failing == null || failing.leadsNowhere())) {
            return; // its client came first, and who comes second hears of the first one's outcome
        }
        if (failing == null) {
            throw world.violate("the failure of " + record + " ended as " + end + ", and none was under way");
        }
        FailurePlan.Consumer options = world.plan.failures().consumer(record.topic());
        boolean goesOn = failing.way == Failing.Way.RETRY
                && world.turmoil.isRefusedToRetry(record.place.of)
                && way == Failing.without(record, options);
        if (failing.way != way && !goesOn) {
            throw world.violate("the failure of " + record + " ended as " + end + ", and was to go " + failing.way);
        }
        String topic = way == Failing.Way.RETRY ? World.RETRY : way == Failing.Way.DLQ ? World.DLQ : null;
        if (topic != null && !failing.isWritten(topic)) {
            throw world.violate("the failure of " + record + " ended as " + end + ", and is not there");
        }
    }

    // ---- several at once

    /** Of a batch: what is open fails, each for itself. */
    void failAll(BatchCall call) {
        Failure failure = Failure.thrown(call.records().get(0));
        world.note(() -> "fail all " + call.records() + " " + failure);
        List<Failing> failings =
                call.records().stream().map(record -> failure.failing(record)).toList();
        Member member = call.records().get(0).assignment.member;
        CompletableFuture<?> future = call.batch().failAll(failure.thrown());
        member.expects(future);
        for (int i = 0; i < failings.size(); i++) {
            if (call.records().get(i).isUndecided() && !call.records().get(i).isGone()) {
                told(failings.get(i), call.deliveries().get(i));
            }
        }
        var unused = future.whenComplete((nothing, error) -> {
            if (!member.isDead()) {
                world.note(() -> "failure of " + call.records() + " has ended");
                for (int i = 0; i < failings.size(); i++) {
                    if (world.plan.breaker() == null) { // else it may be held, and nobody tells
                        ended(call.records().get(i), failings.get(i));
                    }
                    call.later(world, i);
                }
            }
        });
    }
}
