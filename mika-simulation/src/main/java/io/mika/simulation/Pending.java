package io.mika.simulation;

import io.mika.consumer.Batch;
import io.mika.consumer.Delivery;
import io.mika.consumer.RetryableException;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the application will still settle, in whatever order, from whatever thread. */
final class Pending {
    /** @param untilEnd only when nothing goes wrong any more */
    record Late(Delivery delivery, Polled record, boolean untilEnd) {}

    private final World world;
    private final List<Late> late = new ArrayList<>();
    private final List<Late> held = new ArrayList<>();

    Pending(World world) {
        this.world = world;
    }

    void add(Late settlement) {
        (settlement.untilEnd() && !world.calm ? held : late).add(settlement);
    }

    boolean isEmpty() {
        return late.isEmpty();
    }

    void releaseHeld() {
        late.addAll(held);
        held.clear();
    }

    void forget(Member member) {
        late.removeIf(entry -> entry.record().assignment.member == member);
        held.removeIf(entry -> entry.record().assignment.member == member);
    }

    void settleOne() {
        Late entry = late.remove(world.choices.next(late.size()));
        if (!world.calm && world.choices.chance(10)) {
            fail(entry.delivery(), entry.record());
        } else {
            ack(entry.delivery(), entry.record());
            if (!world.calm && world.choices.chance(5)) {
                add(new Late(entry.delivery(), entry.record(), false));
            }
        }
    }

    void ack(Delivery delivery, Polled record) {
        Settlement outcome = delivery.ack();
        world.note(() -> "ack " + record + " " + record.id + " " + outcome);
        Assignment assignment = record.assignment;
        boolean isGone = assignment.ended || record.dropped;
        boolean mayBeGone = isGone || assignment.stopping || assignment.member.isClosing();
        switch (outcome) {
            case ACKED -> {
                if (isGone || record.acked || !record.isSettledBy(delivery)) {
                    throw world.violate("ACKED " + record + " which is " + (record.acked ? "acked" : "not owned"));
                }
                assignment.acked(record);
                world.truth(assignment.partition).acked(record.id, record.offset);
            }
            case NOT_OWNED -> {
                if (!mayBeGone || record.acked) {
                    throw world.violate("NOT_OWNED " + record + " which is " + (record.acked ? "acked" : "owned"));
                }
            }
            case ALREADY_SETTLED -> {
                if (record.isSettledBy(delivery) && record.isInHands()) {
                    throw world.violate("ALREADY_SETTLED " + record + " which is not");
                }
                if (!record.acked && record.isSettledBy(delivery)) {
                    add(new Late(delivery, record, false));
                }
            }
            default -> throw world.violate(outcome + " " + record);
        }
    }

    /** What is open is acked by it, and nothing else changes. */
    void ackAll(Batch batch, List<Polled> records) {
        boolean[] mayBeAcked = new boolean[records.size()];
        for (int i = 0; i < mayBeAcked.length; i++) {
            Polled record = records.get(i);
            mayBeAcked[i] =
                    record.isInHands() && record.isSettledBy(batch.deliveries().get(i));
        }
        batch.ackAll();
        for (int i = 0; i < mayBeAcked.length; i++) {
            Polled record = records.get(i);
            Settlement outcome = batch.deliveries().get(i).ack();
            world.note(() -> "ack all " + record + " " + record.id + " " + outcome);
            if (outcome == Settlement.ACKED) {
                throw world.violate("left open by ackAll: " + record);
            }
            if (mayBeAcked[i] && outcome == Settlement.ALREADY_SETTLED && !record.assignment.ended && !record.dropped) {
                record.assignment.acked(record);
                world.truth(record.assignment.partition).acked(record.id, record.offset);
            }
        }
    }

    void failAll(Batch batch, List<Polled> records) {
        boolean retryable = world.failsRetryable();
        world.note(() -> "fail all " + records + (retryable ? " retryable" : ""));
        Member member = records.get(0).assignment.member;
        for (Polled record : records) {
            record.comesFirst |= retryable && record.mayComeAgain();
            record.failing++;
        }
        member.futures++;
        var unused = batch.failAll(retryable ? new RetryableException("simulated") : null)
                .whenComplete((nothing, error) -> {
                    member.futures--;
                    for (int i = 0; i < records.size(); i++) {
                        Polled record = records.get(i);
                        record.failed(batch.deliveries().get(i));
                        if (!record.acked && member.isRunning()) {
                            add(new Late(batch.deliveries().get(i), record, false));
                        }
                    }
                });
    }

    void fail(Delivery delivery, Polled record) {
        boolean retryable = world.failsRetryable();
        world.note(() -> "fail " + record + (retryable ? " retryable" : ""));
        record.comesFirst |= retryable
                && record.isSettledBy(delivery)
                && record.mayComeAgain()
                && record.assignment.member.calls.isOf(record);
        record.failing++;
        watch(retryable ? delivery.retry((Throwable) null) : delivery.fail("simulated"), delivery, record);
    }

    /** Whatever became of the failure, its future says so; open again, it is acked some time. */
    void watch(CompletableFuture<Settlement> future, Delivery delivery, Polled record) {
        Member member = record.assignment.member;
        member.futures++;
        var unused = future.whenComplete((outcome, error) -> {
            member.futures--;
            record.failed(delivery);
            failed(outcome, error instanceof CompletionException ? error.getCause() : error, delivery, record);
        });
    }

    private void failed(@Nullable Settlement outcome, @Nullable Throwable error, Delivery delivery, Polled record) {
        world.note(() -> "failure of " + record + " -> "
                + (error == null ? outcome : error.getClass().getSimpleName()));
        if (error instanceof UnroutableFailureException) {
            if (record.assignment.member.isRunning()) {
                add(new Late(delivery, record, false));
            }
        } else if (outcome == Settlement.RETRIED_IN_PLACE) {
            record.comesAgain |= record.isSettledBy(delivery);
        } else if (outcome == Settlement.ACKED && !record.acked) {
            throw world.violate("the failure of " + record + " ended as " + outcome);
        }
    }
}
