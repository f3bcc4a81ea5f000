package io.mika.engine;

import io.mika.engine.CommitState.Prepared;
import io.mika.engine.Lookups.TopicFacts;
import io.mika.record.CommitText;
import io.mika.record.CommitText.Content;
import io.mika.record.CommitText.Place;
import io.mika.record.SettledRanges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What this client knows of its topics, the text it writes into commits from that, and what it believes of the text it
 * finds there. <i>Owned by the poll thread.</i>
 */
final class CommitTexts {
    /** A text that may be no longer than this says too little to be worth it. */
    private static final int SHORTEST = 64;

    private final String group;
    private final boolean remembers;
    private final Map<String, TopicFacts> topics = new HashMap<>();
    /** The partition counts to note. */
    private final Map<String, Integer> counts = new HashMap<>();

    private int limit = CommitText.LIMIT;

    /** @param remembers whether settled ranges are written and believed */
    CommitTexts(String group, boolean remembers) {
        this.group = group;
        this.remembers = remembers;
    }

    void learn(Map<String, TopicFacts> facts, Map<TopicPartition, OffsetAndMetadata> committed) {
        facts.forEach((topic, known) -> {
            TopicFacts before = topics.put(topic, known);
            if (before != null && !before.topicId().equals(known.topicId())) {
                counts.put(topic, 0); // created again: all its partitions were added
            }
            counts.put(topic, count(topic, known.partitions(), committed));
        });
    }

    /**
     * Not beyond the first partition that was added and has no commit yet: whoever finds out where that one begins must
     * see that it was added, also if others had committed by then, or what is known of the commits is older than the
     * topic's description.
     */
    private int count(String topic, int partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        int count =
                Math.min(smallestNoted(topic, committed).orElse(partitions), counts.getOrDefault(topic, partitions));
        while (count < partitions && committed.containsKey(new TopicPartition(topic, count))) {
            count++;
        }
        return count;
    }

    /** How many partitions a topic has; 0 if that is not known. */
    int partitions(String topic) {
        TopicFacts facts = topics.get(topic);
        return facts == null ? 0 : facts.partitions();
    }

    /** The broker takes no text so long: writes half of it from here on, at last none; true the first time. */
    boolean refused() {
        boolean first = limit == CommitText.LIMIT;
        limit = limit / 2 < SHORTEST ? 0 : limit / 2;
        return first;
    }

    /** What the lane is to commit now. */
    OffsetAndMetadata wanted(Lane lane) {
        Mark watermark = lane.watermark();
        TopicFacts facts = topics.get(lane.partition().topic());
        Integer count = counts.get(lane.partition().topic());
        if (facts == null || count == null || limit == 0) {
            lane.commit().prepareWithoutRanges(null);
            return watermark.withText("");
        }
        Content content = content(lane, watermark, facts, count);
        Prepared last = lane.commit().prepared();
        return last != null && last.isOf(facts.topicId(), watermark, content, limit)
                ? last.offset()
                : prepared(lane, watermark, facts, content);
    }

    private Content content(Lane lane, Mark watermark, TopicFacts facts, int count) {
        long dispatched = lane.dispatched();
        return new Content(
                count,
                dispatched < watermark.offset() ? OptionalLong.empty() : OptionalLong.of(dispatched),
                Optional.empty(),
                remembersOf(facts) ? lane.settled() : SettledRanges.NONE);
    }

    private OffsetAndMetadata prepared(Lane lane, Mark watermark, TopicFacts facts, Content content) {
        Place place = new Place(group, facts.topicId(), lane.partition(), watermark.offset());
        CommitText.Written written = CommitText.write(place, content, limit);
        Prepared made = new Prepared(facts.topicId(), watermark, content, limit, written);
        if (remembersOf(facts)) {
            boolean all = written.holdsBelow() == Long.MAX_VALUE;
            lane.commit().prepare(made, all ? 0 : lane.settledRecordsFrom(written.holdsBelow()));
        } else {
            lane.commit().prepareWithoutRanges(made);
        }
        return made.offset();
    }

    /** Without its id nobody knows whether a topic is the one that the ranges are of. */
    private boolean remembersOf(TopicFacts facts) {
        return remembers && !facts.topicId().equals(Uuid.ZERO_UUID);
    }

    /** What to believe of the text of a commit. */
    Inherited inherited(TopicPartition partition, OffsetAndMetadata committed) {
        TopicFacts facts = topics.get(partition.topic());
        if (facts == null) {
            return Inherited.NOTHING;
        }
        Inherited found =
                read(facts.topicId(), partition, committed).map(Inherited::of).orElse(Inherited.NOTHING);
        return remembersOf(facts) ? found : found.doubted();
    }

    /** The smallest partition count that the group noted in its commits of the topic. */
    OptionalInt smallestNoted(String topic, Map<TopicPartition, OffsetAndMetadata> committed) {
        TopicFacts facts = topics.get(topic);
        if (facts == null) {
            return OptionalInt.empty();
        }
        return committed.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .flatMap(entry -> read(facts.topicId(), entry.getKey(), entry.getValue()).stream())
                .mapToInt(Content::partitions)
                .min();
    }

    /** Whether the commit was surely made for the topic of this id. */
    boolean isOf(Uuid topicId, TopicPartition partition, OffsetAndMetadata committed) {
        return read(topicId, partition, committed).isPresent();
    }

    private Optional<Content> read(Uuid topicId, TopicPartition partition, OffsetAndMetadata committed) {
        return CommitText.read(committed.metadata(), new Place(group, topicId, partition, committed.offset()));
    }
}
