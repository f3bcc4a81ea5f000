package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A client without a group reads every partition there is. <i>Owned by the poll thread.</i> */
final class AssignmentByHand {
    private final KafkaPoller poller;
    private final Rebalance rebalance;
    private final Set<TopicPartition> assigned = new HashSet<>();

    AssignmentByHand(KafkaPoller poller, Rebalance rebalance) {
        this.poller = poller;
        this.rebalance = rebalance;
    }

    boolean isEmpty() {
        return assigned.isEmpty();
    }

    /** Partitions are added, never taken away. */
    void found(Map<String, TopicFacts> topics) {
        List<TopicPartition> added = new ArrayList<>();
        topics.forEach((topic, facts) -> {
            for (int number = 0; number < facts.partitions(); number++) {
                added.add(new TopicPartition(topic, number));
            }
        });
        added.removeAll(assigned);
        if (!added.isEmpty()) {
            assigned.addAll(added);
            poller.assign(assigned);
            rebalance.onPartitionsAssigned(added);
        }
    }
}
