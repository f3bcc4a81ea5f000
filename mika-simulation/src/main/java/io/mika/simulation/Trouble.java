package io.mika.simulation;

import io.mika.record.CommitText;
import io.mika.test.fake.FakePartition;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What happens to groups, brokers and processes. */
final class Trouble {
    /** What happens to partitions, from here to there. */
    private static final int GAP = 6;

    private static final int FORGET = 13;
    private static final int MOST_MEMBERS = 3;
    private static final int MOST_PARTITIONS = 5;

    private final World world;
    private final Choices choices;

    Trouble(World world) {
        this.world = world;
        this.choices = world.choices;
    }

    void happen() {
        int failures = world.plan.failures().hasTopics() ? 6 : 0;
        int dlq = world.plan.failures().hasDlq() ? 16 : 0;
        int kind = choices.pick(12, 16, 10, 8, 4, 8, 8, 6, 6, 10, 6, 10, 5, 5, 3, 6, 5, failures, dlq);
        if (kind >= GAP && kind <= FORGET && world.partitions().isEmpty()) {
            return; // nothing is there that it could happen to
        }
        switch (kind) {
            case 0 -> rebalance();
            case 1 -> join();
            case 2 -> close();
            case 3 -> kill();
            case 4 -> closeNow();
            case 5 -> expire();
            case GAP -> gap();
            case 7 -> compact();
            case 8 -> electLeader();
            case 9 -> truncate();
            case 10 -> deleteRecords();
            case 11 -> grow();
            case 12 -> reset();
            case FORGET -> forget();
            case 14 -> down();
            case 15 -> reconnect();
            case 16 -> up();
            case 17 -> world.breakProducers();
            default -> switchDlq();
        }
    }

    private void rebalance() {
        world.note(() -> "rebalance");
        world.group().rebalance();
    }

    private void join() {
        if (world.live().size() < MOST_MEMBERS) {
            var unused = world.join();
        }
    }

    private void close() {
        List<Member> live = world.live();
        if (!live.isEmpty()) {
            choices.one(live).close(Duration.ofMillis(choices.one(List.of(20_000, 0, 100, 3_000))));
        }
    }

    private void closeNow() {
        List<Member> live = world.live();
        if (!live.isEmpty()) {
            choices.one(live).closeNow();
        }
    }

    private void kill() {
        List<Member> live = world.live();
        if (!live.isEmpty()) {
            choices.one(live).kill();
        }
    }

    private void expire() {
        List<String> ids = List.copyOf(world.group().members().keySet());
        if (!ids.isEmpty()) {
            String id = choices.one(ids);
            world.note(() -> "expire " + id);
            world.group().expire(id);
        }
    }

    private void switchDlq() {
        List<Member> live = world.live();
        if (!live.isEmpty()) {
            Member member = choices.one(live);
            if (world.plan.failures().mayReplay() && choices.chance(40)) {
                replay(member);
            } else if (choices.chance(40)) {
                member.dlqConsumption.disable();
            } else {
                member.dlqConsumption.enable();
            }
        }
    }

    private void replay(Member member) {
        if (choices.chance(30)) {
            world.replaying.cancelOne();
        } else {
            world.replaying.begin(member);
        }
    }

    private TopicPartition partition() {
        return choices.one(world.partitions());
    }

    /** Also of what failed, where nothing is lost by it. */
    private TopicPartition anyPartition() {
        return choices.one(world.allPartitions());
    }

    private void gap() {
        TopicPartition partition = anyPartition();
        int length = 1 + choices.next(3);
        world.note(() -> "gap of " + length + " in " + partition + "@"
                + world.kafka.partition(partition).end());
        world.kafka.partition(partition).appendGap(length);
    }

    /** Brokers keep the last batch of a log, be it empty (KAFKA-17076): what is at its end is not taken away here. */
    private void compact() {
        TopicPartition partition = partition();
        long from = within(partition);
        long last = world.kafka.partition(partition).end() - 1;
        long to = Math.max(from, Math.min(from + 1 + choices.next(3), last));
        world.note(() -> "compact " + partition + " " + from + " to " + to);
        world.kafka.partition(partition).compact(from, to);
        world.logs.truth(partition).remove(from, to);
    }

    private void electLeader() {
        TopicPartition partition = anyPartition();
        world.note(() -> "leader of " + partition);
        world.kafka.partition(partition).electLeader();
    }

    private void truncate() {
        TopicPartition partition = partition();
        FakePartition log = world.kafka.partition(partition);
        long to = Math.max(log.start(), log.end() - choices.next(6));
        long end = log.end();
        long excused = readWithoutEpoch(partition, to, end);
        world.note(() -> "truncate " + partition + " to " + to + ", was " + end + ", excused below " + excused);
        world.logs.truth(partition).truncate(to, end, excused);
        log.truncate(to);
    }

    /** Who stands above and knows no leader epoch cannot see that what is there now is other than what was. */
    private long readWithoutEpoch(TopicPartition partition, long to, long end) {
        OffsetAndMetadata committed = world.group().committed(partition).orElse(null);
        long excused = committed == null || committed.leaderEpoch().isPresent() ? -1 : committed.offset();
        for (Member member : world.members) {
            Assignment assignment = member.assignments.get(partition);
            if (assignment == null) {
                continue;
            }
            if (!assignment.lastSentHadEpoch) {
                excused = Math.max(excused, assignment.lastSent); // may be under way, whoever sent it
            }
            if (assignment.ended) {
                continue;
            }
            if (!assignment.running) {
                excused = Math.max(excused, world.logs.truth(partition).highestReset);
                excused = Math.max(excused, world.plan.start().isEarliest() ? assignment.committedBefore : end);
            }
            if (assignment.positionEpoch == Assignment.NO_EPOCH) {
                excused = Math.max(excused, assignment.position);
            }
        }
        return excused > to ? excused : -1;
    }

    private void deleteRecords() {
        TopicPartition own = partition();
        List<TopicPartition> shared = world.failurePartitions();
        boolean isShared = !shared.isEmpty() && choices.chanceApart(40);
        TopicPartition partition = isShared ? choices.oneApart(shared) : own;
        FakePartition log = world.kafka.partition(partition);
        world.logs.delete(partition, Math.min(log.end(), log.start() + 1 + choices.next(5)));
    }

    private void grow() {
        int partitions = world.kafka.partitions(World.TOPIC);
        if (partitions == 0 || partitions == MOST_PARTITIONS) {
            return;
        }
        boolean noted = smallestNoted(World.TOPIC).isPresent();
        world.note(() -> "grow to " + (partitions + 1));
        world.kafka.growTopic(World.TOPIC, partitions + 1);
        TopicPartition added = new TopicPartition(World.TOPIC, partitions);
        world.logs.truth(added).mustBeginAtEarliest = noted;
    }

    /** The smallest number of partitions that a commit says there were. */
    private OptionalInt smallestNoted(String topic) {
        return world.partitions(topic).stream()
                .flatMap(partition -> world.group().committed(partition).stream()
                        .flatMap(committed -> world.lives.read(partition, committed).stream()))
                .mapToInt(CommitText.Content::partitions)
                .min();
    }

    private void reset() {
        TopicPartition partition = anyPartition();
        if (choices.chance(50)) {
            world.allPartitions().forEach(this::text);
            return;
        }
        world.reset(partition, within(partition));
        forgetNotes();
    }

    /** The text of a commit is another's, or damaged, or an earlier one. */
    private void text(TopicPartition partition) {
        OffsetAndMetadata committed = world.group().committed(partition).orElse(null);
        if (committed == null) {
            return;
        }
        String text = committed.metadata();
        List<String> others = world.group().commits().stream()
                .map(entry -> entry.offset().metadata())
                .toList();
        String other = switch (choices.pick(20, 20, 60)) {
            case 0 -> "";
            case 1 -> text.substring(0, text.length() / 2);
            default -> others.isEmpty() ? "of Go" : choices.one(others);
        };
        world.note(() -> "the text of " + partition + " becomes " + other);
        world.turmoil.textRefused = true; // what it would have told is missing
        world.group().reset(partition, new OffsetAndMetadata(committed.offset(), committed.leaderEpoch(), other));
    }

    private void forgetNotes() {
        int known = smallestNoted(World.TOPIC).orElse(Integer.MAX_VALUE);
        world.partitions(World.TOPIC)
                .forEach(each -> world.logs.truth(each).mustBeginAtEarliest &= each.partition() >= known);
    }

    private void forget() {
        TopicPartition partition = anyPartition();
        world.note(() -> "the committed offset of " + partition + " expires");
        world.logs.truth(partition).disturbances++;
        world.logs.truth(partition).forgotten = true;
        world.logs.truth(partition).mustBeginAtEarliest = false;
        world.group().forget(partition);
        forgetNotes();
    }

    private long within(TopicPartition partition) {
        FakePartition log = world.kafka.partition(partition);
        return log.start() + choices.next((int) (log.end() - log.start()) + 1);
    }

    private void down() {
        world.note(() -> "broker down");
        world.down = true;
        world.kafka.down();
    }

    private void up() {
        if (world.down) {
            world.note(() -> "broker up");
            world.down = false;
            world.kafka.up();
        }
    }

    private void reconnect() {
        world.note(() -> "reconnect");
        world.kafka.reconnect();
    }
}
