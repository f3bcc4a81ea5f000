package io.mika.test.fake;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Faults that happen once each, in the order in which they were asked for; after that, none. <i>For one thread.</i> */
public final class ScriptedFaults implements Faults {

    private final Queue<Fate> commits = new ArrayDeque<>();
    private final Queue<Fate> produces = new ArrayDeque<>();
    private final Queue<Fate> lookups = new ArrayDeque<>();
    private final Queue<RuntimeException> polls = new ArrayDeque<>();

    /** A script without faults. */
    public ScriptedFaults() {}

    /**
     * Decides over the next commit that nothing was decided for yet.
     *
     * @param fate what becomes of it
     * @return this
     */
    public ScriptedFaults nextCommit(Fate fate) {
        commits.add(fate);
        return this;
    }

    /**
     * Decides over the next record sent that nothing was decided for yet.
     *
     * @param fate what becomes of it
     * @return this
     */
    public ScriptedFaults nextProduce(Fate fate) {
        produces.add(fate);
        return this;
    }

    /**
     * Decides over the next look-up that nothing was decided for yet.
     *
     * @param fate what becomes of it
     * @return this
     */
    public ScriptedFaults nextLookup(Fate fate) {
        lookups.add(fate);
        return this;
    }

    /**
     * Makes the next poll throw.
     *
     * @param error what it throws
     * @return this
     */
    public ScriptedFaults nextPoll(RuntimeException error) {
        polls.add(error);
        return this;
    }

    @Override
    public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return next(commits);
    }

    @Override
    public Fate produce(ProducerRecord<byte[], byte[]> record) {
        return next(produces);
    }

    @Override
    public Fate lookup(String question) {
        return next(lookups);
    }

    @Override
    public @Nullable RuntimeException poll(String member) {
        return polls.poll();
    }

    private static Fate next(Queue<Fate> fates) {
        Fate fate = fates.poll();
        return fate == null ? Fate.OK : fate;
    }
}
