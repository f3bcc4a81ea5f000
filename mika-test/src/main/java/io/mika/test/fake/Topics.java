package io.mika.test.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The topics of the fake broker. */
final class Topics {

    /** Everything is done in this order, never in that of a hash. */
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** One life of a topic: created again, it is another one. */
    record Topic(Uuid id, List<FakeLog> logs) {}

    private final SortedMap<String, Topic> topics = new TreeMap<>();
    private long created;
    private int version;

    static SortedSet<TopicPartition> sorted(Collection<TopicPartition> partitions) {
        SortedSet<TopicPartition> sorted = new TreeSet<>(ORDER);
        sorted.addAll(partitions);
        return sorted;
    }

    void create(String name, int partitions) {
        if (topics.containsKey(name)) {
            throw new IllegalArgumentException("Topic " + name + " exists");
        }
        topics.put(name, new Topic(new Uuid(1, ++created), new ArrayList<>()));
        grow(name, partitions);
    }

    void delete(String name) {
        existing(name);
        topics.remove(name);
        version++;
    }

    void grow(String name, int partitions) {
        List<FakeLog> logs = existing(name).logs;
        for (int number = logs.size(); number < partitions; number++) {
            logs.add(new FakeLog(new TopicPartition(name, number)));
        }
        version++;
    }

    /** Changes with every topic and partition that comes or goes. */
    int version() {
        return version;
    }

    SortedMap<String, Topic> all() {
        return topics;
    }

    @Nullable Topic find(String name) {
        return topics.get(name);
    }

    int partitions(String name) {
        Topic topic = topics.get(name);
        return topic == null ? 0 : topic.logs.size();
    }

    @Nullable FakeLog find(TopicPartition partition) {
        return partition.partition() < partitions(partition.topic())
                ? existing(partition.topic()).logs.get(partition.partition())
                : null;
    }

    FakeLog log(TopicPartition partition) {
        FakeLog log = find(partition);
        if (log == null) {
            throw new UnknownTopicOrPartitionException("There is no " + partition);
        }
        return log;
    }

    private Topic existing(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new UnknownTopicOrPartitionException("There is no topic " + name);
        }
        return topic;
    }
}
