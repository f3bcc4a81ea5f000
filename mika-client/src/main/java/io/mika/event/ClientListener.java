package io.mika.event;

import io.mika.error.UnroutableFailureException;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Is told what happens in a client. Every callback does nothing unless overridden.
 *
 * <p>Callbacks run one after another on the client's callback executor, never on a thread that polls or sends, so a slow
 * one delays only others of its kind; under overload events of single records may be dropped. What a callback throws
 * goes to the log. It may close the client; that is asynchronous there. Topics are named without the global suffix.
 */
public interface ClientListener {

    /**
     * Something went wrong that the client goes on from: a request that is repeated, a handler that threw after it had
     * settled, a record that the client cannot judge.
     *
     * @param error what
     */
    default void onError(Throwable error) {}

    /**
     * Partitions were assigned to this client. Records of them follow once their start position is known.
     *
     * @param partitions those that are new; empty for a member that was given none
     */
    default void onAssigned(Set<TopicPartition> partitions) {}

    /**
     * Partitions were given to other members of the group, after what was settled had been committed.
     *
     * @param partitions those that went
     */
    default void onRevoked(Set<TopicPartition> partitions) {}

    /**
     * Partitions were taken away without a chance to commit, because the group took this member for dead. What was
     * settled since the last commit comes again, elsewhere.
     *
     * @param partitions those that went
     */
    default void onLost(Set<TopicPartition> partitions) {}

    /**
     * The position of a partition went back, behind what this client had committed: the log was truncated, or somebody
     * reset the offsets of the group. Records from {@code to} on come again.
     *
     * @param partition whose position
     * @param from the offset that was committed
     * @param to the offset from which it goes on
     */
    default void onRewound(TopicPartition partition, long from, long to) {}

    /**
     * Records were deleted by the topic's retention before this group had read them.
     *
     * @param partition where
     * @param fromOffset the first that is missing
     * @param toOffset the offset after the last that is missing, where the partition goes on
     */
    default void onRecordsExpired(TopicPartition partition, long fromOffset, long toOffset) {}

    /**
     * A record was handed out and is open for longer than its consumer's {@code ackDeadline}. Told once for the first such
     * record of a partition, and again when another one has become the first. Also: the first record of a partition that
     * is not settled has three quarters of its topic's retention behind it, and the partition does not get on.
     *
     * @param record which
     */
    default void onStuck(StuckRecord record) {}

    /**
     * A failed record was written to the retry topic. Under overload such events are dropped.
     *
     * @param record which
     */
    default void onRetried(FailedRecord record) {}

    /**
     * A failed record was written to the dead letter queue. Under overload such events are dropped.
     *
     * @param record which
     */
    default void onDeadLettered(FailedRecord record) {}

    /**
     * Records were passed over: of the retry topic or the dead letter queue, or because they were settled before. Told for
     * what came with one poll.
     *
     * @param partition where they were
     * @param reason why
     * @param records how many
     */
    default void onSkipped(TopicPartition partition, SkipReason reason, int records) {}

    /**
     * The retry topic or the dead letter queue does not take what is to be written there. It is tried again, with
     * growing pauses, for as long as the client lives; until it succeeds the records stay unsettled.
     *
     * @param topic that is written to
     * @param error what Kafka said
     */
    default void onWriteFailed(String topic, Throwable error) {}

    /**
     * Nothing of a consumer succeeds any more, as {@code Builder.outageBreaker} says. From here on its failed records stay
     * where they are, and probes alone are handed out.
     *
     * @param topic of the consumer, as registered
     */
    default void onOutageBegan(String topic) {}

    /**
     * A record of a consumer was acked, which ends its outage.
     *
     * @param topic of the consumer, as registered
     */
    default void onOutageEnded(String topic) {}

    /** This client has handled all that was in its partitions of the dead letter queue when the pass began. */
    default void onDlqPassCompleted() {}

    /**
     * A delivery failed and its failure leads nowhere. It is open again and holds back the committed offset of its
     * partition until the application settles it.
     *
     * @param failure names the record; its cause is the reason that was given
     */
    default void onUnroutable(UnroutableFailureException failure) {}

    /**
     * The client is closed. The last event.
     *
     * @param report how it went
     */
    default void onClosed(CloseReport report) {}
}
