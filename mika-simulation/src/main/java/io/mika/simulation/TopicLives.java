package io.mika.simulation;

import io.mika.engine.Lookups;
import io.mika.record.CommitText;
import io.mika.record.CommitText.Content;
import io.mika.record.CommitText.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The topics that bore each name, one after another: one that is deleted and created again is another one. */
final class TopicLives {
    /** No text, or none that belongs where it stands. */
    static final int UNKNOWN = -1;

    private final World world;
    private final Map<String, List<Uuid>> ids = new HashMap<>();

    TopicLives(World world) {
        this.world = world;
    }

    /** What comes next is another one. */
    void ends(String topic) {
        of(topic).add(Uuid.ZERO_UUID);
    }

    /** The number of the one that there is, or will be; from 0. */
    int now(String topic) {
        return of(topic).size() - 1;
    }

    boolean isFirst(String topic) {
        return now(topic) == 0;
    }

    private List<Uuid> of(String topic) {
        List<Uuid> all = ids.computeIfAbsent(topic, first -> new ArrayList<>(List.of(Uuid.ZERO_UUID)));
        int now = all.size() - 1;
        if (all.get(now).equals(Uuid.ZERO_UUID) && world.kafka.partitions(topic) > 0 && !world.down) {
            all.set(now, id(topic));
        }
        return all;
    }

    private Uuid id(String topic) {
        Lookups.TopicFacts facts =
                world.kafka.lookups().describe(Set.of(topic)).join().get(topic);
        return Objects.requireNonNull(facts).topicId();
    }

    /** For which of them a commit was made, as its text says. */
    int of(TopicPartition partition, OffsetAndMetadata committed) {
        List<Uuid> all = of(partition.topic());
        for (int life = all.size() - 1; life >= 0; life--) {
            if (read(all.get(life), partition, committed).isPresent()) {
                return life;
            }
        }
        return UNKNOWN;
    }

    /** What the text of a commit says of the topic that there is now. */
    Optional<Content> read(TopicPartition partition, OffsetAndMetadata committed) {
        List<Uuid> all = of(partition.topic());
        return read(all.get(all.size() - 1), partition, committed);
    }

    private static Optional<Content> read(Uuid id, TopicPartition partition, OffsetAndMetadata committed) {
        return id.equals(Uuid.ZERO_UUID)
                ? Optional.empty()
                : CommitText.read(committed.metadata(), new Place(World.GROUP, id, partition, committed.offset()));
    }
}
