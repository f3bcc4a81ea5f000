package io.mika.engine;

import io.mika.engine.CommitState.Sent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Commits the lanes' watermarks: what is assigned now, in its current epoch, computed anew each time. At most one
 * commit is in flight; a lane is dirty until the brokers confirmed what it has. <i>Owned by the poll thread.</i>
 */
final class Commits {
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** The same error again is no news for so long. */
    private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final KafkaPoller poller;
    private final Lanes lanes;
    private final CommitTexts texts;
    private final long intervalNanos;
    private final BooleanSupplier abandoned;
    private final Consumer<Throwable> errors;
    private @Nullable Map<TopicPartition, Sent> inFlight;
    private boolean suspended;
    private long dueAt;
    private long notBefore;
    private boolean atOnce;
    /** The error that was told last; null since a commit succeeded. */
    private @Nullable Class<?> told;

    private long toldAt;

    Commits(
            KafkaPoller poller,
            Lanes lanes,
            CommitTexts texts,
            Duration interval,
            BooleanSupplier abandoned,
            Consumer<Throwable> errors) {
        this.poller = poller;
        this.lanes = lanes;
        this.texts = texts;
        this.intervalNanos = interval.toNanos();
        this.abandoned = abandoned;
        this.errors = errors;
    }

    /** Commits nothing until a poll has returned: this member may own nothing any more and not know it. */
    void suspend() {
        suspended = true;
    }

    void pollReturned() {
        suspended = false;
    }

    /** The next turn commits, whatever the interval says. */
    void atOnce() {
        atOnce = true;
    }

    /** Whether something of these lanes is not confirmed and may still be. */
    boolean isOutstanding(Collection<Lane> of) {
        return inFlight != null || !dirty(of).isEmpty();
    }

    /** Whether the interval is over, or there is nothing else to do and something to commit. */
    boolean isDue(long now, boolean idle) {
        return inFlight == null && now - notBefore >= 0 && (idle || atOnce || now - dueAt >= 0);
    }

    void commit(long now) {
        dueAt = now + intervalNanos;
        atOnce = false;
        Map<TopicPartition, Sent> sent = dirty(lanes.all());
        if (sent.isEmpty()) {
            return;
        }
        inFlight = sent;
        poller.commitAsync(offsets(sent), (offsets, error) -> answered(sent, error));
    }

    /** Commits what these lanes have, and waits for the answer; true if nothing of theirs is left to commit. */
    boolean commitSync(Collection<Lane> of, Duration timeout) {
        Map<TopicPartition, Sent> sent = dirty(of);
        if (sent.isEmpty()) {
            return true;
        }
        if (timeout.isNegative() || timeout.isZero()) {
            return false;
        }
        try {
            poller.commitSync(offsets(sent), timeout);
        } catch (RuntimeException failed) {
            errors.accept(failed);
            return false;
        }
        confirm(sent);
        return true;
    }

    private Map<TopicPartition, Sent> dirty(Collection<Lane> of) {
        Map<TopicPartition, Sent> sent = new LinkedHashMap<>();
        if (suspended || abandoned.getAsBoolean()) {
            return sent;
        }
        var assigned = poller.assignment();
        for (Lane lane : of) {
            if (!assigned.contains(lane.partition()) || !lanes.isCurrent(lane) || !lane.isCommittable()) {
                continue;
            }
            OffsetAndMetadata wanted = texts.wanted(lane);
            if (lane.commit().isDirty(wanted) && mayCommit(lane, wanted.offset())) {
                sent.put(lane.partition(), new Sent(lane, lane.commit().epoch(), wanted));
            }
        }
        return sent;
    }

    /** The last line of defence for "never a rewind": an offset below a confirmed one is an error of this engine. */
    private boolean mayCommit(Lane lane, long watermark) {
        if (watermark >= lane.commit().highest()) {
            return true;
        }
        errors.accept(new IllegalStateException("the watermark " + watermark + " of " + lane.partition()
                + " is below the confirmed offset " + lane.commit().highest() + "; it is not committed"));
        return false;
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, Sent> sent) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new LinkedHashMap<>();
        sent.forEach((partition, entry) -> offsets.put(partition, entry.offset()));
        return offsets;
    }

    private void answered(Map<TopicPartition, Sent> sent, @Nullable Exception error) {
        inFlight = null;
        if (error == null) {
            told = null;
            confirm(sent);
        } else {
            failed(error);
        }
    }

    private void confirm(Map<TopicPartition, Sent> sent) {
        for (Sent entry : List.copyOf(sent.values())) {
            if (lanes.isCurrent(entry.lane())) {
                entry.lane().commit().confirm(entry);
            }
        }
    }

    /** The lanes stay dirty; what is committed next is computed then. */
    private void failed(Exception error) {
        ErrorKind kind = ErrorKind.of(error);
        long sentAt = dueAt - intervalNanos;
        boolean isNews = kind == ErrorKind.TEXT_TOO_LARGE
                ? texts.refused()
                : error.getClass() != told || sentAt - toldAt >= NEWS_NANOS;
        notBefore = sentAt + (kind == ErrorKind.REFUSED ? REFUSED_NANOS : BACK_OFF_NANOS);
        atOnce = true;
        if (isNews) {
            told = error.getClass();
            toldAt = sentAt;
            errors.accept(error);
        }
    }
}
