package io.mika.simulation;

import io.mika.event.Explanation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a member shows of itself, held against what is known of it, each time that it is drawn anew. */
final class Shown {
    private final Member member;
    private @Nullable Instant checked;

    Shown(Member member) {
        this.member = member;
    }

    /** After a turn of its poll thread, which may have drawn it. */
    void check() {
        Explanation shown = member.explain();
        if (shown.takenAt().equals(checked)) {
            return;
        }
        checked = shown.takenAt();
        long drawnAt = checked.toEpochMilli();
        for (Explanation.Partition each : shown.partitions()) {
            Assignment assignment = member.assignments.get(each.partition());
            if (assignment != null && isKnown(assignment) && assignment.movedBackAt < drawnAt) {
                check(assignment, each, drawnAt);
            }
        }
    }

    /** What it has and shows is what was told of it here. */
    private static boolean isKnown(Assignment assignment) {
        return assignment.running && !assignment.ended && !assignment.isEnding() && !assignment.mayBeMistaken();
    }

    private void check(Assignment assignment, Explanation.Partition shown, long drawnAt) {
        long watermark = shown.watermark();
        Polled unsettled = assignment.firstUnsettledBelow(watermark);
        if (unsettled != null) {
            throw wrong(assignment, shown, unsettled + " is not settled");
        }
        if (watermark > assignment.position) {
            throw wrong(assignment, shown, "its position is " + assignment.position);
        }
        if (shown.lastCommit().orElse(-1) > Math.max(assignment.lastSent, assignment.beganAt)) {
            throw wrong(assignment, shown, "it never committed that");
        }
        Polled oldest = assignment.firstUndecided(drawnAt);
        if (oldest != null && oldest.offset < shown.oldestOpen().orElse(Long.MAX_VALUE)) {
            throw wrong(assignment, shown, oldest + " is open");
        }
        int undecided = assignment.undecided();
        if (shown.inFlight() < undecided) {
            throw wrong(assignment, shown, undecided + " are open");
        }
    }

    private Violation wrong(Assignment assignment, Explanation.Partition shown, String truth) {
        return member.world.violate(assignment + " is shown as " + shown + ", and " + truth);
    }
}
