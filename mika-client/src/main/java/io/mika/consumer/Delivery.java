package io.mika.consumer;

import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record, handed to a handler, to be settled by {@link #ack()} or {@link #fail(Throwable)}. Until it is settled it
 * holds back the committed offset of its partition, and nothing else.
 *
 * <p><i>Thread-safe.</i> It may be settled on any thread, in any order, at any time, also long after the handler
 * returned; the first settlement wins. No method blocks.
 *
 * <p>Settling a delivery that this client does not own any more (partition revoked or lost, client closed) changes
 * nothing and says {@link Settlement#NOT_OWNED}. Futures complete on the client's callback executor, and none is left
 * open: on revoke, loss and close they complete by the outcome if that was known in time, else with {@code NOT_OWNED}.
 */
public interface Delivery {

    /**
     * The record as it was read, with the topic's name on the wire.
     *
     * @return the record; its arrays are not copied
     */
    ConsumerRecord<byte[], byte[]> record();

    /**
     * The record's key.
     *
     * @return not copied; null if it has none
     */
    default byte @Nullable [] key() {
        return record().key();
    }

    /**
     * The record's value.
     *
     * @return not copied; null if it has none (a tombstone)
     */
    default byte @Nullable [] value() {
        return record().value();
    }

    /**
     * A header as UTF-8 text.
     *
     * @param name of the header; of several with that name, the last counts
     * @return empty if there is none or its value is null
     */
    Optional<String> header(String name);

    /**
     * The consumer's topic as registered, without the global suffix; also for a record that was read from the retry
     * topic or dead letter queue.
     *
     * @return the topic that the handler was bound to
     */
    String topic();

    /**
     * Which attempt at this record this is, as far as it is known: attempts that a crash cut off do not count.
     *
     * @return from 1
     */
    int attempt();

    /**
     * From where the record was read.
     *
     * @return the kind of topic
     */
    Source source();

    /**
     * Where the record first appeared: its identity, the same for every attempt and redelivery, for handlers that must
     * be idempotent.
     *
     * @return topic without the global suffix, partition and offset; empty if a Go client failed the record first, which
     *     does not note them
     */
    Optional<Origin> origin();

    /**
     * What is known of the record's earlier failures, with topics' names on the wire.
     *
     * @return empty for a record that this group has not failed before
     */
    Optional<FailureHeaders> failure();

    /**
     * Whether a handler was possibly given this record before, by an owner of the partition that did not get to settle
     * it. {@code false} promises nothing: what was handed out after the last confirmed commit is not known.
     *
     * @return true if the record lies in what was handed out before
     */
    boolean possiblyRedelivered();

    /**
     * Asks for more time: the delivery does not count as stuck before that much has passed from now, whatever its
     * consumer's {@code ackDeadline} says. Of several calls the one that reaches farthest counts. Without effect once it is
     * settled.
     *
     * @param time from now, above zero
     * @throws IllegalArgumentException if it is not
     */
    void extend(Duration time);

    /**
     * Whether settling this delivery still has an effect here: its partition has not been revoked or lost, its position
     * not been reset, the client not been closed. Settled or not makes no difference.
     *
     * @return false once the record belongs to somebody else
     */
    boolean isOwned();

    /**
     * Settles the record as done. Cheap; the commit follows at the client's commit interval.
     *
     * @return {@link Settlement#ACKED}, {@link Settlement#ALREADY_SETTLED} (also while a failure is under way) or
     *     {@link Settlement#NOT_OWNED}
     */
    Settlement ack();

    /**
     * Fails the record. What becomes of it, by what its consumer's options say:
     *
     * <ol>
     *   <li>a retryable failure, and tries in place are left: the handler gets it again, as a new delivery
     *   <li>a retryable failure, and hops are left: it is written to the retry topic
     *   <li>else, where the consumer uses the dead letter queue: it is written there
     *   <li>else the future fails with {@link io.mika.error.UnroutableFailureException}, whose cause is the reason, and
     *       the delivery is open again: the application may ack or fail it, and until it does, the committed offset stays
     *       below it
     * </ol>
     *
     * <p>A record is settled by a write only when the brokers have acknowledged it; until then it holds back the
     * committed offset. A write that fails is tried again for as long as the client lives.
     *
     * @param reason why; null is recorded as "unknown". Retryable if {@link ConsumerOptions#isRetryable} says so
     * @return completes with the settlement; a second call gets the future of the first while that is under way, and
     *     {@link Settlement#ALREADY_SETTLED} once the delivery is settled
     */
    CompletableFuture<Settlement> fail(@Nullable Throwable reason);

    /**
     * Fails the record with a reason in words, as {@link #fail(Throwable)}. Such a failure is not retryable.
     *
     * @param reason why; null is recorded as "unknown"
     * @return completes with the settlement
     */
    CompletableFuture<Settlement> fail(@Nullable String reason);

    /**
     * Fails the record as {@link #fail(Throwable)} does, with a failure that is retryable whatever it is.
     *
     * @param reason why; null is recorded as "unknown"
     * @return completes with the settlement
     */
    CompletableFuture<Settlement> retry(@Nullable Throwable reason);

    /**
     * Fails the record as {@link #retry(Throwable)} does, for an attempt no earlier than after a delay, whatever the
     * options say.
     *
     * @param reason why; null is recorded as "unknown"
     * @param delay from now; zero for at once
     * @return completes with the settlement
     * @throws IllegalArgumentException if the delay is negative
     */
    CompletableFuture<Settlement> retry(@Nullable Throwable reason, Duration delay);
}
