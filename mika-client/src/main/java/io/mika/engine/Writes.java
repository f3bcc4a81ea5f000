package io.mika.engine;

import io.mika.consumer.FailureReason;
import io.mika.consumer.RetryableException;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import io.mika.event.Explanation;
import io.mika.failure.Destination;
import io.mika.failure.Write;
import io.mika.record.FailedAttempt;
import io.mika.record.FailureHop;
import io.mika.record.Origin;
import io.mika.record.Pointer;
import io.mika.record.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What is written to the retry topic and the dead letter queue, and what that settles. <i>Thread-safe.</i>
 */
final class Writes {
    /** What a write adds to its record while it is under way: headers, and what Kafka's producer keeps of it. */
    private static final int WRITE_OVERHEAD = 1024;

    /** All of it, without what only tells the story, and a pointer to it. */
    private static final int DLQ_SMALLER_FORMS = 2;

    private final String group;
    private final @Nullable Destination retry;
    private final @Nullable Destination dlq;
    private final LaneContext context;
    private final EngineEvents events;
    private final LongSupplier wallClock;

    Writes(
            String group,
            @Nullable Destination retry,
            @Nullable Destination dlq,
            LaneContext context,
            EngineEvents events,
            LongSupplier wallClock) {
        this.group = group;
        this.retry = retry;
        this.dlq = dlq;
        this.context = context;
        this.events = events;
        this.wallClock = wallClock;
    }

    boolean hasDlq() {
        return dlq != null;
    }

    /** How both stand. */
    List<Explanation.Writes> explain(EngineEvents naming) {
        return Stream.of(retry, dlq)
                .filter(Objects::nonNull)
                .map(to -> new Explanation.Writes(
                        naming.name(to.topic()),
                        to.waiting(),
                        to.underWay(),
                        to.error().map(Throwable::toString)))
                .toList();
    }

    /** Sends on what waited for its time. */
    void nudge(long now) {
        if (retry != null) {
            retry.nudge(now);
        }
        if (dlq != null) {
            dlq.nudge(now);
        }
    }

    /** @param otherwise takes it another way if it is too large */
    void retry(Failure failure, Duration delay, Runnable otherwise) {
        Destination to = Objects.requireNonNull(retry);
        to.offer(new FailureWrite(failure, to.topic(), SendPurpose.RETRY) {
            @Override
            Headers headers(FailedAttempt failed) {
                OptionalLong notBefore =
                        delay.isZero() ? OptionalLong.empty() : OptionalLong.of(later(failed.failedAt(), delay));
                return FailureHop.toRetry(failure.record().headers(), group, failed, notBefore);
            }

            @Override
            void settled(Reason reason) {
                context.complete(failure.chunk(), failure.index(), Settlement.RETRIED);
                events.retried(failure, reason);
            }

            @Override
            protected boolean refused(RuntimeException error) {
                otherwise.run();
                return true;
            }
        });
    }

    private static long later(long now, Duration delay) {
        return now + TimeUnit.NANOSECONDS.toMillis(Nanos.of(delay));
    }

    void deadLetter(Failure failure) {
        Destination to = Objects.requireNonNull(dlq);
        to.offer(new FailureWrite(failure, to.topic(), SendPurpose.DEAD_LETTER) {
            @Override
            Headers headers(FailedAttempt failed) {
                return FailureHop.toDlq(failure.record().headers(), group, failed);
            }

            @Override
            protected int smallerForms() {
                return DLQ_SMALLER_FORMS;
            }

            @Override
            void settled(Reason reason) {
                context.complete(failure.chunk(), failure.index(), Settlement.DEAD_LETTERED);
                events.deadLettered(failure, reason);
            }
        });
    }

    /** To the next partition of the retry topic, as unclaimed until then. */
    void parkUnclaimed(WaitingRecord waiting, @Nullable Integer partition, long notBefore) {
        Headers headers = FailureHop.parkUnclaimed(waiting.record().headers(), group, wallClock.getAsLong(), notBefore);
        boolean unused = move(waiting, Objects.requireNonNull(retry), SendPurpose.PARK, partition, headers);
    }

    /** To the next partition of the retry topic, to wait there as it waited here. False if nobody waits for it. */
    boolean park(WaitingRecord waiting, @Nullable Integer partition) {
        Headers headers = FailureHop.park(waiting.record().headers(), group, wallClock.getAsLong());
        return move(waiting, Objects.requireNonNull(retry), SendPurpose.PARK, partition, headers);
    }

    /** What nobody claimed for too long, or came from the dead letter queue and is nobody's here. */
    void unclaimedToDlq(WaitingRecord waiting) {
        Headers headers = FailureHop.unclaimedToDlq(waiting.record().headers(), group);
        boolean unused = move(waiting, Objects.requireNonNull(dlq), SendPurpose.DEAD_LETTER, null, headers);
    }

    private boolean move(
            WaitingRecord waiting, Destination to, SendPurpose purpose, @Nullable Integer partition, Headers headers) {
        boolean mine = waiting.chunk().lane.park(waiting.chunk(), waiting.index());
        if (mine) {
            to.offer(new MoveWrite(waiting, to.topic(), purpose, partition, headers));
        }
        return mine;
    }

    /** A write that settles a record. */
    private abstract static class SettlingWrite extends Write {
        final Chunk chunk;
        final int index;
        final ConsumerRecord<byte[], byte[]> record;
        private final String topic;

        SettlingWrite(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record, String topic) {
            this.chunk = chunk;
            this.index = index;
            this.record = record;
            this.topic = topic;
        }

        @Override
        protected final boolean isWanted() {
            return chunk.state(index) == SettleState.FAILING;
        }

        @Override
        protected final long size() {
            return Chunk.bytes(record) + WRITE_OVERHEAD;
        }

        @Override
        protected int smallerForms() {
            return 0;
        }

        @Override
        protected boolean refused(RuntimeException error) {
            return false;
        }

        final ProducerRecord<byte[], byte[]> to(@Nullable Integer partition, byte @Nullable [] value, Headers headers) {
            ProducerRecord<byte[], byte[]> made =
                    new ProducerRecord<>(topic, partition, null, record.key(), value, headers);
            observedBy(observer(made));
            return made;
        }

        /** Shows it to whom it concerns, who may add headers. */
        abstract @Nullable SendObserver observer(ProducerRecord<byte[], byte[]> made);
    }

    /** A record that a handler failed. */
    private abstract class FailureWrite extends SettlingWrite {
        private final Failure failure;
        private final SendPurpose purpose;
        private final Reason reason;
        private final long failedAt;

        FailureWrite(Failure failure, String topic, SendPurpose purpose) {
            super(failure.chunk(), failure.index(), failure.record(), topic);
            this.purpose = purpose;
            this.failure = failure;
            this.reason = failure.reason() instanceof FailureReason text
                    ? Reason.ofText(text.getMessage())
                    : Reason.of(failure.reason(), RetryableException.class);
            this.failedAt = wallClock.getAsLong();
        }

        abstract Headers headers(FailedAttempt failed);

        abstract void settled(Reason why);

        @Override
        protected final ProducerRecord<byte[], byte[]> record(int smaller) {
            FailedAttempt failed =
                    FailedAttempt.of(record, reason, failure.attempt().number(), failedAt);
            Headers all = headers(failed);
            return switch (smaller) {
                case 0 -> to(null, record.value(), all);
                case 1 -> to(null, record.value(), FailureHop.withoutOptional(all, group));
                default ->
                    to(null, null, FailureHop.withPointer(FailureHop.withoutOptional(all, group), group, pointer()));
            };
        }

        /** To where the record appeared first, for that outlives the retry topic; the value is the same. */
        private Pointer pointer() {
            Origin at = failure.delivery()
                    .wireOrigin()
                    .orElseGet(() -> new Origin(record.topic(), record.partition(), record.offset()));
            return Pointer.to(at.topic(), at.partition(), at.offset(), record.value());
        }

        @Override
        final @Nullable SendObserver observer(ProducerRecord<byte[], byte[]> made) {
            Observed observed = chunk.observed(index);
            return observed == null ? null : observed.sending(made, purpose);
        }

        @Override
        protected final void written() {
            if (chunk.lane.written(chunk, index)) {
                settled(reason);
            }
        }
    }

    /** A record that no handler was given. */
    private final class MoveWrite extends SettlingWrite {
        private final SendPurpose purpose;
        private final @Nullable Integer partition;
        private final Headers headers;

        MoveWrite(
                WaitingRecord waiting,
                String topic,
                SendPurpose purpose,
                @Nullable Integer partition,
                Headers headers) {
            super(waiting.chunk(), waiting.index(), waiting.record(), topic);
            this.purpose = purpose;
            this.partition = partition;
            this.headers = headers;
        }

        @Override
        protected ProducerRecord<byte[], byte[]> record(int smaller) {
            return to(partition, record.value(), headers);
        }

        @Override
        @Nullable SendObserver observer(ProducerRecord<byte[], byte[]> made) {
            Interception interception = context.interception();
            return interception == null ? null : interception.sending(made, purpose);
        }

        @Override
        protected void written() {
            boolean unused = chunk.lane.written(chunk, index);
        }
    }
}
