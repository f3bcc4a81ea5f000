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
     * A look-up is asked.
     *
     * @param question which: the name of the method of {@link io.mika.engine.Lookups}
     * @return what becomes of it
     */
    default Fate lookup(String question) {
        return Fate.OK;
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
