package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/** Which topics these are: one that is deleted and created again is another one. <i>Owned by the poll thread.</i> */
final class TopicIds {
    private final Map<String, Uuid> current = new HashMap<>();
    private final Map<String, Set<Uuid>> former = new HashMap<>();

    /** The topics that are others than the ones of these names before. */
    Set<String> others(Map<String, TopicFacts> facts) {
        Set<String> others = new HashSet<>();
        facts.forEach((topic, found) -> {
            if (isAnother(topic, found.topicId())) {
                others.add(topic);
            }
        });
        return others;
    }

    /** The ids of the topics that bore this name before. */
    Set<Uuid> former(String topic) {
        return former.getOrDefault(topic, Set.of());
    }

    private boolean isAnother(String topic, Uuid id) {
        if (id.equals(Uuid.ZERO_UUID) || former(topic).contains(id)) {
            return false; // a broker that knows no ids, or has not heard of the new one yet
        }
        Uuid before = current.put(topic, id);
        if (before == null || before.equals(id)) {
            return false;
        }
        former.computeIfAbsent(topic, none -> new HashSet<>()).add(before);
        return true;
    }
}
