package io.mika.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/** Topics that are deleted, and created again: at once, after a while, or when nothing goes wrong any more. */
final class Recreation {
    private static final int MOST = 3;
    private static final int MOST_PARTITIONS = 4;

    private final World world;
    private final Choices choices;
    /** Those that do not exist, and how many partitions they had. */
    private final Map<String, Integer> missing = new HashMap<>();

    private int deleted;
    /** Of the dead letter queue, which are counted apart. */
    private int deletedDlqs;

    Recreation(World world) {
        this.world = world;
        this.choices = world.choices;
    }

    void happen() {
        if (world.down) {
            return; // who would do it
        }
        if (!missing.isEmpty()) {
            create(choices.one(sorted()));
        } else if (deletedDlqs < MOST && isDlqThere() && choices.chanceApart(isDlqRead() ? 60 : 15)) {
            deleteAndPerhapsCreate(World.DLQ);
        } else if (deleted < MOST) {
            deleteAndPerhapsCreate(choices.one(topics()));
        }
    }

    private void deleteAndPerhapsCreate(String topic) {
        delete(topic);
        if (topic.equals(World.RETRY) || choices.chance(50)) {
            create(topic); // before anybody can see that it is gone, or writes to it, which creates it
        }
    }

    /** Right now, by a pass over it or a replay of it, which is rare. */
    private boolean isDlqRead() {
        boolean isConsumed = world.live().stream().anyMatch(member -> member.dlqConsumption.isSubscribed());
        return isDlqThere() && (isConsumed || world.replaying.isUnderWay());
    }

    private boolean isDlqThere() {
        return world.kafka.partitions(World.DLQ) > 0;
    }

    private List<String> topics() {
        List<String> topics = new ArrayList<>(world.consumerTopics());
        if (world.kafka.partitions(World.RETRY) > 0) {
            topics.add(World.RETRY);
        }
        return topics;
    }

    /** All that are missing are created, and perhaps once more what is read just then. */
    void end() {
        sorted().forEach(this::create);
        if (isDlqRead() && deletedDlqs < MOST && world.plan.recreates() && choices.chanceApart(50)) {
            delete(World.DLQ);
            create(World.DLQ);
        }
    }

    private List<String> sorted() {
        return missing.keySet().stream().sorted().toList();
    }

    private void delete(String topic) {
        world.note(() -> "the topic " + topic + " is deleted");
        if (topic.equals(World.DLQ)) {
            deletedDlqs++;
        } else {
            deleted++;
        }
        List<TopicPartition> partitions = world.partitions(topic);
        missing.put(topic, partitions.size());
        List<Long> ends = new ArrayList<>();
        partitions.forEach(
                partition -> ends.add(world.kafka.partition(partition).end()));
        world.lives.ends(topic);
        world.kafka.deleteTopic(topic);
        world.kafka.autoCreate(!missing.containsKey(World.DLQ)); // a write does not bring it back
        for (int i = 0; i < partitions.size(); i++) {
            world.logs.truth(partitions.get(i)).deleted(ends.get(i));
        }
    }

    private void create(String topic) {
        int before = Objects.requireNonNull(missing.remove(topic));
        int partitions = choices.chance(30) ? 1 + choices.next(MOST_PARTITIONS) : before;
        world.note(() -> "the topic " + topic + " is created again with " + partitions + " partitions");
        world.clock.advance(World.MILLI); // it takes longer: no record of the new one is as old as one of the other
        world.kafka.createTopic(topic, partitions);
        world.kafka.autoCreate(!missing.containsKey(World.DLQ));
        for (TopicPartition partition : world.partitions(topic)) {
            fill(partition);
        }
    }

    /** Up to where the other one ended, or a little further: whoever stands there sees nothing amiss. */
    private void fill(TopicPartition partition) {
        int before = (int) world.logs.truth(partition).formerEnd;
        int records = choices.chance(50) ? choices.next(before + 4) : 0;
        for (int i = 0; i < records; i++) {
            world.appendAny(partition);
        }
    }
}
