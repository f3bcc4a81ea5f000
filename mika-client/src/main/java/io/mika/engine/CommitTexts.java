package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import io.mika.record.CommitText;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What this client knows of its topics, and the text it writes into commits from that. <i>Owned by the poll
 * thread.</i>
 */
final class CommitTexts {
    private final String group;
    private final Map<String, TopicFacts> topics = new HashMap<>();
    /** The partition counts to note. */
    private final Map<String, Integer> counts = new HashMap<>();

    private boolean refused;

    CommitTexts(String group) {
        this.group = group;
    }

    void learn(Map<String, TopicFacts> facts, Map<TopicPartition, OffsetAndMetadata> committed) {
        topics.putAll(facts);
        facts.forEach((topic, known) -> counts.put(topic, count(topic, known.partitions(), committed)));
    }

    /**
     * Not beyond the first partition that was added and has no commit yet: whoever finds out where that one begins must
     * see that it was added, also if others had committed by then.
     */
    private int count(String topic, int partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        int count = smallestNoted(topic, committed).orElse(partitions);
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

    /** The broker takes no such text: write none from here on. */
    void refused() {
        refused = true;
    }

    String text(TopicPartition partition, long offset) {
        TopicFacts facts = topics.get(partition.topic());
        Integer count = counts.get(partition.topic());
        return facts == null || count == null || refused
                ? ""
                : CommitText.write(
                                new CommitText.Place(group, facts.topicId(), partition, offset),
                                CommitText.Content.ofPartitions(count),
                                CommitText.LIMIT)
                        .text();
    }

    /** The smallest partition count that the group noted in its commits of the topic. */
    OptionalInt smallestNoted(String topic, Map<TopicPartition, OffsetAndMetadata> committed) {
        TopicFacts facts = topics.get(topic);
        if (facts == null) {
            return OptionalInt.empty();
        }
        return committed.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .flatMap(entry -> CommitText.read(
                        entry.getValue().metadata(),
                        new CommitText.Place(
                                group,
                                facts.topicId(),
                                entry.getKey(),
                                entry.getValue().offset()))
                        .stream())
                .mapToInt(CommitText.Content::partitions)
                .min();
    }
}
