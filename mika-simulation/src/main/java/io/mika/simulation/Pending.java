package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import io.mika.error.UnroutableFailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the application will still settle, in whatever order, from whatever thread. */
final class Pending {
    /**
     * @param tries how often the record had been handed out again by then
     * @param untilEnd only when nothing goes wrong any more
     */
    record Late(Delivery delivery, Polled record, int tries, boolean untilEnd) {}

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

    int size() {
        return late.size();
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
        if (!world.calm && world.choices.chance(world.plan.failures().failing())) {
            fail(entry.delivery(), entry.record(), entry.tries());
        } else {
            ack(entry);
            if (!world.calm && world.choices.chance(5)) {
                add(entry);
            }
        }
    }

    void ack(Delivery delivery, Polled record) {
        ack(new Late(delivery, record, record.tries, false));
    }

    private void ack(Late entry) {
        Polled record = entry.record();
        Settlement outcome = entry.delivery().ack();
        world.note(() -> "ack " + record + " " + record.id() + " " + outcome);
        Assignment assignment = record.assignment;
        boolean mayBeGone = record.isGone() || assignment.isEnding();
        switch (outcome) {
            case ACKED -> {
                if (record.isGone() || record.acked || isWritten(record) || isOver(entry)) {
                    throw world.violate(
                            "ACKED " + record + " which is " + (record.isGone() ? "not owned" : state(record)));
                }
                if (record.failing != null && !mayLeadNowhere(record.failing)) {
                    throw world.violate("ACKED " + record + " while its failure is under way: " + record.failing);
                }
                assignment.acked(record);
                record.place.acked = true;
            }
            case NOT_OWNED -> {
                if (!mayBeGone || record.acked) {
                    throw world.violate("NOT_OWNED " + record + " which is " + (record.acked ? "acked" : "owned"));
                }
            }
            case ALREADY_SETTLED -> {
                boolean isOver = record.acked || record.copied || isOver(entry);
                if (!isOver && record.failing == null) {
                    throw world.violate("ALREADY_SETTLED " + record + " which is not");
                }
                if (!isOver) {
                    add(entry);
                }
            }
            default -> throw world.violate(outcome + " " + record);
        }
    }

    private static String state(Polled record) {
        return record.acked ? "acked" : record.copied ? "written elsewhere" : "handed out again";
    }

    /** The record was handed out again since, or is to be. */
    private static boolean isOver(Late entry) {
        return entry.record().again != null || entry.tries() != entry.record().tries;
    }

    /** One that the retry topic did not take in the end may be open again, although it took it before. */
    private boolean isWritten(Polled record) {
        return record.copied && !world.turmoil.isRefusedToRetry(record.place.of);
    }

    /** Its failure leads nowhere: it is open again, and somebody has to settle it. */
    void reopened(Polled record) {
        Delivery delivery = record.delivery;
        if (delivery != null) {
            add(new Late(delivery, record, record.tries, false));
        }
    }

    private boolean mayLeadNowhere(Failing failing) {
        return failing.leadsNowhere()
                || failing.record.assignment.member.isClosing()
                || world.turmoil.isRefusedToRetry(failing.record.place.of);
    }

    // ---- failures

    void fail(Delivery delivery, Polled record) {
        fail(delivery, record, record.tries);
    }

    private void fail(Delivery delivery, Polled record, int tries) {
        if (record.failing != null && world.turmoil.isRefusedToRetry(record.place.of)) {
            add(new Late(delivery, record, tries, false)); // it may be open again, and nobody was told so yet
            return;
        }
        boolean isFirst = record.failing == null
                && !record.acked
                && !record.copied
                && !record.isGone()
                && !isOver(new Late(delivery, record, tries, false));
        Failure failure = new Failure(world, record);
        world.note(() -> "fail " + record + " " + record.id() + " " + failure);
        CompletableFuture<Settlement> future = failure.tell(delivery);
        if (isFirst && !future.isDone()) {
            begins(failure.failing(), delivery);
        }
        watch(future, record, record.failings.get(delivery));
    }

    /** The record's handler threw: nobody hears what becomes of that. */
    void thrown(Failing failing, Delivery delivery) {
        Polled record = failing.record;
        if (record.failing == null && !record.acked && !record.copied && !record.isGone() && record.again == null) {
            begins(failing, delivery);
        }
    }

    private void begins(Failing failing, Delivery delivery) {
        Polled record = failing.record;
        world.failings.put(failing.reason, failing);
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
        member.futures++;
        var unused = future.whenComplete((outcome, error) -> {
            member.futures--;
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
        if (record.failing == failing) {
            record.failing = null;
        }
        if (failing != null) {
            record.place.of.failings.remove(failing);
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

    /** It came to this end by the way that it was to go, and is there. */
    private void check(@Nullable Failing failing, Polled record, Object end, Failing.Way way) {
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
}
