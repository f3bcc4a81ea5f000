package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.Settlement;
import java.util.ArrayList;
import java.util.List;

/** What the application will still settle, in whatever order, from whatever thread. */
final class Pending {
    /**
     * @param repeats how often the record had been handed out again by then
     * @param untilEnd only when nothing goes wrong any more
     */
    record Late(Delivery delivery, Polled record, int repeats, boolean untilEnd) {
        Late(Delivery delivery, Polled record) {
            this(delivery, record, record.repeats, false);
        }

        /** The record was handed out again since, or is to be. */
        boolean isOver() {
            return record.again != null || repeats != record.repeats || !delivery.equals(record.delivery);
        }

        /** Its process has died, also if its handler's call goes on here. */
        boolean isLost() {
            return record.assignment.member.isDead();
        }
    }

    private final World world;
    private final List<Late> late = new ArrayList<>();
    private final List<Late> held = new ArrayList<>();

    Pending(World world) {
        this.world = world;
    }

    void add(Late settlement) {
        if (settlement.isLost()) {
            return;
        }
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
            world.told.fail(entry);
        } else {
            ack(entry);
            if (!world.calm && world.choices.chance(5)) {
                add(entry);
            }
        }
    }

    void ack(Delivery delivery, Polled record) {
        ack(new Late(delivery, record));
    }

    void ack(Late entry) {
        if (entry.isLost()) {
            return;
        }
        Polled record = entry.record();
        Settlement outcome = entry.delivery().ack();
        world.note(() -> "ack " + record + " " + record.id() + " " + outcome);
        switch (outcome) {
            case ACKED -> acked(entry);
            case NOT_OWNED -> notOwned(record);
            case ALREADY_SETTLED -> alreadySettled(entry);
            default -> throw world.violate(outcome + " " + record);
        }
    }

    private void acked(Late entry) {
        Polled record = entry.record();
        if (record.isGone() || record.acked || isWritten(record) || entry.isOver()) {
            throw world.violate("ACKED " + record + " which is " + (record.isGone() ? "not owned" : state(record)));
        }
        if (record.failing != null && !mayLeadNowhere(record.failing)) {
            throw world.violate("ACKED " + record + " while its failure is under way: " + record.failing);
        }
        record.assignment.acked(record);
        record.assignment.member.outage(record.topic()).acked();
        record.place.acked = true;
    }

    private void notOwned(Polled record) {
        boolean mayBeGone = record.isGone() || record.assignment.isEnding();
        if (!mayBeGone || record.acked) {
            throw world.violate("NOT_OWNED " + record + " which is " + (record.acked ? "acked" : "owned"));
        }
    }

    private void alreadySettled(Late entry) {
        Polled record = entry.record();
        if (record.acked || record.copied || entry.isOver()) {
            return;
        }
        if (record.failing == null && !record.mayHaveBeenFailed()) {
            throw world.violate("ALREADY_SETTLED " + record + " which is not");
        }
        add(entry);
    }

    private static String state(Polled record) {
        return record.acked ? "acked" : record.copied ? "written elsewhere" : "handed out again";
    }

    /** One that the retry topic did not take in the end may be open again, although it took it before. */
    private boolean isWritten(Polled record) {
        return record.copied && !world.turmoil.isRefusedToRetry(record.place.of) && !record.mayHaveBeenFailed();
    }

    /** Its failure leads nowhere: it is open again, and somebody has to settle it. */
    void reopened(Polled record) {
        Delivery delivery = record.delivery;
        if (delivery != null) {
            add(new Late(delivery, record));
        }
    }

    private boolean mayLeadNowhere(Failing failing) {
        return failing.leadsNowhere()
                || failing.record.assignment.member.isClosing()
                || world.turmoil.isRefusedToRetry(failing.record.place.of);
    }
}
