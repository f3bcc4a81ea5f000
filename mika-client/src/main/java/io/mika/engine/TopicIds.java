package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * Which topics these are: one that is deleted and created again is another one. Of answers to questions that were under
 * way at the same time nobody can tell which is the later one; so only one whose question was asked after the last
 * change was known makes another topic of it. <i>Owned by the poll thread.</i>
 */
final class TopicIds {
    /** @param asked how many questions had been asked when this was found out */
    private record Believed(Uuid id, long asked) {}

    private final Map<String, Believed> current = new HashMap<>();
    private final Map<String, Set<Uuid>> heardOf = new HashMap<>();
    /** How often each was found to be another one. */
    private final Map<String, Integer> changes = new HashMap<>();

    private long questions;

    /** The number of the question that is about to be asked. */
    long ask() {
        return ++questions;
    }

    /** The answer without those topics of which it may be older than what is known. */
    Map<String, TopicFacts> certain(long question, Map<String, TopicFacts> answer) {
        Map<String, TopicFacts> found = new HashMap<>(answer);
        found.entrySet().removeIf(entry -> isInDoubt(question, entry.getKey(), entry.getValue()));
        return found;
    }

    private boolean isInDoubt(long question, String topic, TopicFacts facts) {
        Believed known = current.get(topic);
        return known != null && question <= known.asked && !facts.topicId().equals(known.id);
    }

    /** The topics that are others than the ones of these names before; of what {@linkplain #certain is certain}. */
    Set<String> others(Map<String, TopicFacts> facts) {
        Set<String> others = new HashSet<>();
        facts.forEach((topic, found) -> {
            if (isAnother(topic, found.topicId())) {
                others.add(topic);
                changes.merge(topic, 1, Integer::sum);
            }
        });
        return others;
    }

    private boolean isAnother(String topic, Uuid id) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return false; // a broker that knows no ids
        }
        heardOf.computeIfAbsent(topic, none -> new HashSet<>()).add(id);
        Believed before = current.get(topic);
        if (before != null && before.id.equals(id)) {
            return false;
        }
        current.put(topic, new Believed(id, questions));
        return before != null;
    }

    /** The ids of other topics that bore this name, or bear it by what a broker says that has not heard of the new one. */
    Set<Uuid> former(String topic) {
        Set<Uuid> former = new HashSet<>(heardOf.getOrDefault(topic, Set.of()));
        Believed now = current.get(topic);
        if (now != null) {
            former.remove(now.id);
        }
        return former;
    }

    /** Grows whenever a topic is found to be another one: what was asked before that is of no use. */
    int changes() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Grows whenever this topic is found to be another one. */
    int changes(String topic) {
        return changes.getOrDefault(topic, 0);
    }
}
