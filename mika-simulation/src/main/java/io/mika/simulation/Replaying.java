package io.mika.simulation;

import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The replays of a group, and what they must not take twice. */
final class Replaying {
    /** So often a record is replayed at most. */
    static final int CAP = 3;

    /** One of them. */
    static final class Run {
        private final Member member;
        private final Replay replay;
        private final boolean again;
        private final long begunAt;
        /** Of which of the queues of that name it is. */
        private final int life;

        private boolean over;
        private @Nullable ReplayReport report;

        Run(Member member, Replay replay, boolean again, long begunAt, int life) {
            this.member = member;
            this.replay = replay;
            this.again = again;
            this.begunAt = begunAt;
            this.life = life;
        }

        boolean isOver() {
            return over;
        }

        /** Whether it looked at all there was. */
        boolean isComplete() {
            return report != null && report.end() == ReplayReport.End.COMPLETED;
        }

        void cancel() {
            replay.cancel();
        }
    }

    private final World world;
    private final List<Run> runs = new ArrayList<>();
    /** What was taken since the last run ended, and is noted when it ends well. */
    private final List<PartitionTruth.Entry> taken = new ArrayList<>();
    /** How many have ended since none was under way. */
    private int ended;

    Replaying(World world) {
        this.world = world;
    }

    /** Some replay, as people ask for it. */
    void begin(Member member) {
        Choices choices = world.choices;
        ReplayRequest.Builder request = ReplayRequest.builder().rate(choices.chance(50) ? 1 : 1000);
        boolean again = choices.chance(15);
        if (again) {
            request.again();
        }
        request.dryRun(choices.chance(10));
        if (choices.chance(30)) {
            request.atMost(1);
        }
        var unused = begin(member, request, again);
    }

    /** Of all that may be replayed. */
    Run beginAll(Member member) {
        return begin(member, ReplayRequest.builder().rate(1000), false);
    }

    private Run begin(Member member, ReplayRequest.Builder asked, boolean again) {
        ReplayRequest request = asked.cap(CAP).build();
        world.note(() -> member + " replays: " + request);
        int life = world.lives.now(World.DLQ);
        Run run = new Run(member, member.replay(request), again, world.logs.numbers(), life);
        runs.add(run);
        var unused = run.replay.completion().whenComplete((report, error) -> {
            world.note(() -> "the replay of " + member + " ended: " + (error == null ? report : error));
            run.over = true;
            if (error == null && !member.isDead()) {
                run.report = report;
                noted(report);
            } else if (!member.isDead() && isOfGoneQueue(error)) {
                gone(run);
            } else {
                ended += taken.isEmpty() ? 0 : 2; // what it took it may not have noted
                forget();
            }
        });
        return run;
    }

    private static boolean isOfGoneQueue(Throwable error) {
        return String.valueOf(error.getMessage()).contains("during its replay");
    }

    private void gone(Run run) {
        if (run.life == world.lives.now(World.DLQ)) {
            throw world.violate("the replay of " + run.member + " took the dead letter queue for gone, which is there");
        }
        ended += 2; // what of the new queue was taken by one of the old one nobody noted
        forget();
    }

    /** Whether a live client has one. */
    boolean isUnderWay() {
        return runs.stream().anyMatch(run -> !run.over && run.member.isLive());
    }

    /** Those of live clients have ended whose queue is gone. */
    boolean formerAreOver() {
        return runs.stream()
                .allMatch(run -> run.over || !run.member.isLive() || run.life == world.lives.now(World.DLQ));
    }

    void cancelOne() {
        List<Run> running = runs.stream().filter(run -> !run.over).toList();
        if (!running.isEmpty()) {
            Run run = world.choices.one(running);
            world.note(() -> "the replay of " + run.member + " is cancelled");
            run.cancel();
        }
    }

    /**
     * A run that ends well has written down what it took; of several at once, where one gave no sign of life for so
     * long that another began, that is not certain.
     */
    private void noted(ReplayReport report) {
        ended += report.dryRun() ? 0 : 1;
        if (runs.stream().allMatch(run -> run.over)) {
            if (ended == 1 && !report.dryRun() && report.end() != ReplayReport.End.DISPLACED) {
                taken.forEach(place -> place.notedAt = world.logs.numbers());
            }
        }
        forget();
    }

    private void forget() {
        if (runs.stream().allMatch(run -> run.over)) {
            taken.clear();
            ended = 0;
        }
    }

    /** A record of the dead letter queue is in the retry topic. */
    void took(Published of, Copy copy) {
        List<PartitionTruth.Entry> from = of.places.stream()
                .filter(place -> place.partition.topic().equals(World.DLQ) && isFrom(copy, place))
                .toList();
        if (from.size() != 1 || world.turmoil.isRefusedToRetry(of)) {
            return; // nobody can tell which of them it is, or it counts as failed, although it is there
        }
        PartitionTruth.Entry place = from.get(0);
        boolean mayBeTaken = runs.stream().anyMatch(run -> !run.over && (run.again || run.begunAt <= place.notedAt))
                || place.notedAt < 0;
        if (!mayBeTaken) {
            var unused = world.violate("replayed again, although it is noted: " + place);
        }
        taken.add(place);
    }

    static boolean isFrom(Copy copy, PartitionTruth.Entry place) {
        return Optional.ofNullable(place.copy)
                .filter(before -> !copy.isParked()
                        && copy.isSameAtFirst(before)
                        && copy.isSameAtLast(before)
                        && copy.retries() == before.retries()
                        && copy.replays() == before.replays() + 1)
                .isPresent();
    }
}
