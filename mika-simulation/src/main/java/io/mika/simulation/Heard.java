package io.mika.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Of which of the topics that bore one name a member surely knows: the texts of its commits say so. What it does not
 * know of it cannot heed.
 */
final class Heard {
    private final World world;
    private final Map<String, NavigableSet<Integer>> lives = new HashMap<>();

    Heard(World world) {
        this.world = world;
    }

    private NavigableSet<Integer> of(String topic) {
        return lives.computeIfAbsent(topic, first -> new TreeSet<>());
    }

    /** It commits; false if that is of a topic that is gone, and it had heard of the one in its place. */
    boolean commits(TopicPartition partition, OffsetAndMetadata offset) {
        if (!world.plan.recreates()) {
            return true;
        }
        int life = world.lives.of(partition, offset);
        if (life == TopicLives.UNKNOWN) {
            return true;
        }
        of(partition.topic()).add(life);
        return of(partition.topic()).last() == life;
    }

    /** It may take the topic for one that was there before. */
    boolean isUnawareOf(String topic) {
        return !world.lives.isFirst(topic) && !of(topic).contains(world.lives.now(topic));
    }

    /** It cannot tell that the offset was committed, at some time, of another topic than the one that there is now. */
    boolean mayTakeForToday(TopicPartition partition, long offset) {
        NavigableSet<Integer> known = of(partition.topic());
        return world.group().commits().stream()
                .filter(entry ->
                        entry.partition().equals(partition) && entry.offset().offset() == offset)
                .mapToInt(entry -> world.lives.of(partition, entry.offset()))
                .anyMatch(life -> life != world.lives.now(partition.topic())
                        && (!known.contains(life) || world.turmoil.textRefused));
    }
}
