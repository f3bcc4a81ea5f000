package io.mika.test.fake;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong. Asked once per request, in the order of the requests: a seeded {@link java.util.Random} behind it
 * gives runs that can be repeated, {@link ScriptedFaults} gives chosen ones. All methods say "nothing" by default.
 */
public interface Faults {

    /** Nothing goes wrong. */
    Faults NONE = new Faults() {};

    /**
     * A commit is sent.
     *
     * @param group the group
     * @param member the member's id, empty without group membership
     * @param offsets what is committed
     * @return what becomes of it
     */
    default Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return Fate.OK;
    }

    /**
     * A record is sent.
     *
     * @param record the record
     * @return what becomes of it
     */
    default Fate produce(ProducerRecord<byte[], byte[]> record) {
        return Fate.OK;
    }

    /**
     * A record that was sent is in its log now, whatever its producer will hear of that. Told, not asked.
     *
     * @param record the record
     * @param partition where it is
     * @param offset where it is there
     */
    default void appended(ProducerRecord<byte[], byte[]> record, TopicPartition partition, long offset) {}

    /**
     * A look-up is asked.
     *
     * @param question which: the name of the method of {@link io.mika.engine.Lookups}
     * @return what becomes of it
     */
    default Fate lookup(String question) {
        return Fate.OK;
    }

    /**
     * A consumer takes records of a partition.
     *
     * @param member the member's id, empty without group membership
     * @param partition the partition
     * @param room how many records this poll can still take
     * @return how many it takes at most; 0: the broker has not answered yet, not even that there is nothing
     */
    default int fetch(String member, TopicPartition partition, int room) {
        return room;
    }

    /**
     * A member polls, and would do its part of a rebalance.
     *
     * @param member the member's id
     * @return whether it has heard from its group; a member that has not goes on with what it owns
     */
    default boolean heartbeat(String member) {
        return true;
    }

    /**
     * A consumer polls.
     *
     * @param member the member's id, empty without group membership
     * @return what {@code poll} throws before it does anything, or null
     */
    default @Nullable RuntimeException poll(String member) {
        return null;
    }
}
