package io.mika.failure;

import io.mika.error.MikaException;
import io.mika.event.ReplayRequest;
import io.mika.record.FailureHop;
import io.mika.record.SettledRanges;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one replay writes to the retry topic, as far as it is under way. <i>Owned by the replay's turns</i>, but for {@link
 * #stop}.
 */
final class ReplayWrites {
    private static final int MOST = 1_000;
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    private final ReplayRequest request;
    private final Replays.Parts parts;
    private final SerialTurns turns;
    private final ReplayCounts counts;
    private final BiConsumer<TopicPartition, SettledRanges.Range> noted;
    private final Set<Copy> underWay = new HashSet<>();
    private long bytesUnderWay;
    private volatile boolean stopped;

    /** @param noted is given, in a turn, what was written and is to be noted */
    ReplayWrites(
            ReplayRequest request,
            Replays.Parts parts,
            SerialTurns turns,
            ReplayCounts counts,
            BiConsumer<TopicPartition, SettledRanges.Range> noted) {
        this.request = request;
        this.parts = parts;
        this.turns = turns;
        this.counts = counts;
        this.noted = noted;
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    /** An outcome brings the next turn. */
    boolean isFull() {
        return underWay.size() >= MOST || bytesUnderWay >= MOST_BYTES;
    }

    /** @param range what is noted once it is written */
    void write(ReplayScan.Found found, SettledRanges.Range range) {
        Copy copy = new Copy(found, range);
        underWay.add(copy);
        bytesUnderWay += copy.size();
        parts.retry().offer(copy);
    }

    /** Nothing more is sent, for the first time or again. Any thread. */
    void stop() {
        stopped = true;
    }

    /** Stops, and waits no more for what was not sent yet. */
    void drop() {
        stop();
        List.copyOf(underWay).forEach(Copy::drop);
    }

    private void ended(Copy copy, Outcome outcome) {
        underWay.remove(copy);
        bytesUnderWay -= copy.size();
        ReplayPartition partition = copy.found.partition();
        long offset = copy.found.failed().offset();
        switch (outcome) {
            case WRITTEN -> {
                counts.replayed++;
                partition.done(offset);
                noted.accept(partition.partition, copy.range);
            }
            case REFUSED -> {
                counts.failed++;
                partition.done(offset);
                parts.events()
                        .error(new MikaException(
                                "the record " + partition.partition + "@" + offset
                                        + " of the dead letter queue cannot be replayed: " + copy.error,
                                copy.error));
            }
            case DROPPED -> partition.notWritten(offset);
        }
    }

    private enum Outcome {
        WRITTEN,
        /** The retry topic does not take it. */
        REFUSED,
        /** The replay was stopped; if it was sent, nobody knows. */
        DROPPED
    }

    private enum State {
        QUEUED,
        SENT,
        OVER
    }

    /** A record of the dead letter queue on its way to the retry topic. <i>Thread-safe.</i> */
    private final class Copy extends Write {
        private final ReplayScan.Found found;
        private final SettledRanges.Range range;
        private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
        private volatile @Nullable RuntimeException error;

        Copy(ReplayScan.Found found, SettledRanges.Range range) {
            this.found = found;
            this.range = range;
        }

        /** It is not needed any more; no effect once it was sent. */
        void drop() {
            if (state.compareAndSet(State.QUEUED, State.OVER)) {
                tell(Outcome.DROPPED);
            }
        }

        @Override
        protected boolean isWanted() {
            if (stopped) {
                end(Outcome.DROPPED);
            }
            return state.compareAndSet(State.QUEUED, State.SENT) || state.get() == State.SENT;
        }

        @Override
        protected long size() {
            return length(found.content().key()) + length(found.content().value());
        }

        private static long length(byte @Nullable [] bytes) {
            return bytes == null ? 0 : bytes.length;
        }

        @Override
        protected ProducerRecord<byte[], byte[]> record(int smaller) {
            ConsumerRecord<byte[], byte[]> content = found.content();
            ProducerRecord<byte[], byte[]> made = new ProducerRecord<>(
                    parts.retry().topic(),
                    null,
                    null,
                    content.key(),
                    content.value(),
                    FailureHop.replay(found.failed().headers(), parts.group(), request.retries()));
            observedBy(parts.sending().apply(made));
            return made;
        }

        @Override
        protected int smallerForms() {
            return 0;
        }

        @Override
        protected void written() {
            end(Outcome.WRITTEN);
        }

        @Override
        protected boolean refused(RuntimeException why) {
            error = why;
            end(Outcome.REFUSED);
            return true;
        }

        private void end(Outcome outcome) {
            if (state.getAndSet(State.OVER) != State.OVER) {
                tell(outcome);
            }
        }

        private void tell(Outcome outcome) {
            turns.send(() -> ended(this, outcome));
        }
    }
}
