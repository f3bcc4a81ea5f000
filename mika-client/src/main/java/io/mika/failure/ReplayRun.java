package io.mika.failure;

import io.mika.error.ClientClosedException;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayRequest;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * One replay: looks up what there is, claims the note, reads, writes, notes, ends. <i>Owned by its turns</i>, but for what
 * {@link Replay} offers, {@link #close}, {@link #nudge} and {@link #abandon}.
 *
 * <p>A record counts as replayed when the brokers have acknowledged its copy; it is noted within a second. A crash in
 * between makes the next replay take it again.
 */
final class ReplayRun implements Replay {
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long NOTHING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private enum Phase {
        /** Waits for what it asked the brokers. */
        STARTING,
        READING,
        /** Waits for writes under way, and for the last note. */
        ENDING,
        OVER
    }

    private final ReplayRequest request;
    private final Replays.Parts parts;
    private final String runId = UUID.randomUUID().toString();
    private final CompletableFuture<ReplayReport> completion = new CompletableFuture<>();
    private final SerialTurns turns;
    private final RepeatedAsk ask;
    private final ReplayLookups lookups;
    private final QueueWatch watch;
    private final ReplayCounts counts = new ReplayCounts();
    private final ReplayScan scan;
    private final ReplayStart start;
    private final TokenBucket rate;
    private final ReplayWrites writes;
    private Phase phase = Phase.STARTING;
    private End end = End.UNDER_WAY;
    private @Nullable NoteKeeper note;
    private @Nullable RuntimeException failure;
    /** The last questions are asked: what is to be noted, and whether it was this queue to the end. */
    private boolean lastAsked;
    /** There is nothing to be noted of any more. */
    private boolean queueIsGone;

    private volatile boolean over;
    private volatile ReplayReport progress;

    ReplayRun(ReplayRequest request, Replays.Parts parts) {
        this.request = request;
        this.parts = parts;
        this.progress = ReplayReport.nothing(request.isDryRun());
        this.turns = new SerialTurns(parts.thread(), this::turn, this::broken);
        this.ask = new RepeatedAsk(turns, parts.nanoClock(), parts.events()::error, this::refused);
        this.lookups = parts.lookups().get();
        this.watch = new QueueWatch(ask, lookups, parts.dlqTopic(), this::queueIsGone);
        ReplayFilter filter = new ReplayFilter(request, parts.suffix());
        this.scan = new ReplayScan(
                parts.group(),
                filter,
                counts,
                new AssignedReader(parts.readers()),
                new OriginalFetch(new AssignedReader(parts.readers()), lookups, parts.events()::error));
        this.rate = new TokenBucket(
                request.isDryRun() ? Double.POSITIVE_INFINITY : request.perSecond(),
                parts.nanoClock().getAsLong());
        this.writes = new ReplayWrites(request, parts, turns, counts, this::noted);
        this.start = new ReplayStart(filter, parts, lookups, ask, watch, runId);
    }

    /** Asks what there is. Once. */
    void begin() {
        turns.send(() -> start.begin(this::claims, this::started, this::notStarted));
    }

    // ---- any thread

    @Override
    public ReplayReport progress() {
        return progress;
    }

    @Override
    public void cancel() {
        turns.send(() -> end(End.CANCELLED));
    }

    @Override
    public CompletableFuture<ReplayReport> completion() {
        return completion.copy();
    }

    boolean isDryRun() {
        return request.isDryRun();
    }

    /** Whether nothing of it goes on. */
    boolean isOver() {
        return over;
    }

    void nudge(long now) {
        turns.nudge(now);
    }

    /** The client closes: ends as if cancelled, and fails unless it was through. */
    void close() {
        turns.send(() -> {
            if (phase != Phase.ENDING || !writes.isEmpty()) {
                fail(new ClientClosedException());
            }
        });
    }

    /** The time for closing is over: waits for nothing. */
    void abandon() {
        writes.stop();
        turns.endWith(() -> letGo(Duration.ZERO));
        lookups.close(Duration.ZERO);
        over = true;
        parts.callbacks().execute(() -> completion.completeExceptionally(new ClientClosedException()));
    }

    // ---- turns

    /** From here on there is something to take back. */
    private void claims(NoteKeeper keeper) {
        note = keeper;
    }

    private void started(List<ReplayPartition> partitions) {
        if (phase == Phase.STARTING) {
            partitions.forEach(scan::add);
            phase = Phase.READING;
        }
    }

    private void notStarted(RuntimeException why) {
        if (phase == Phase.STARTING) {
            fail(why);
        }
    }

    private void turn() {
        if (phase == Phase.OVER) {
            return;
        }
        try {
            advance(parts.nanoClock().getAsLong());
        } catch (RetriableException later) {
            parts.events().error(later);
            turns.scheduleAt(parts.nanoClock().getAsLong() + AGAIN_NANOS);
        }
        if (phase != Phase.OVER) {
            progress = report(End.UNDER_WAY);
        }
    }

    /** An error of Kafka's that does not pass, or one of ours. */
    private void broken(RuntimeException error) {
        boolean ending = phase == Phase.ENDING;
        fail(error);
        if (ending) {
            over();
        }
    }

    private void advance(long now) {
        ask.advance(now);
        if (phase == Phase.READING || !writes.isEmpty()) {
            keepNote(now); // also while nothing can be read
            watch.advance(now);
        }
        if (phase == Phase.READING) {
            read();
        }
        if (phase == Phase.ENDING && writes.isEmpty()) {
            askLast(now);
        }
    }

    private void read() {
        while (phase == Phase.READING) {
            if (scan.isAtEnd()) {
                end(scan.isNoteFull() ? End.NOTE_FULL : End.COMPLETED);
                return;
            }
            if (writes.isFull()) {
                return;
            }
            long now = parts.nanoClock().getAsLong();
            if (!rate.hasOne(now)) {
                turns.scheduleAt(rate.nextAt(now));
                return;
            }
            switch (scan.next()) {
                case FOUND -> take(scan.take());
                case MORE -> {
                    turns.schedule(); // others may have something to say in between
                    return;
                }
                case NOTHING -> {
                    turns.scheduleAt(parts.nanoClock().getAsLong() + NOTHING_NANOS);
                    return;
                }
            }
        }
    }

    private void take(ReplayScan.Found found) {
        rate.takeOne();
        counts.taken++;
        long offset = found.failed().offset();
        SettledRanges.Range range = found.partition().taken(offset);
        if (request.isDryRun()) {
            counts.replayed++;
            found.partition().done(offset);
        } else {
            writes.write(found, range);
        }
        if (counts.taken >= request.atMost()) {
            end(End.AT_MOST_REACHED);
        }
    }

    private void noted(TopicPartition partition, SettledRanges.Range range) {
        if (note != null) {
            note.replayed(partition, range);
        }
    }

    private void keepNote(long now) {
        NoteKeeper keeper = note;
        if (keeper != null && !queueIsGone && keeper.isDue(now)) {
            keeper.write(now, true, isOurs -> {
                if (!isOurs) {
                    end(End.DISPLACED);
                }
            });
        }
        turns.scheduleAt(now + TimeUnit.SECONDS.toNanos(1));
    }

    private void end(End how) {
        boolean early = how == End.CANCELLED || how == End.DISPLACED;
        boolean mayEnd = phase == Phase.STARTING || phase == Phase.READING;
        if (!mayEnd && !(early && phase == Phase.ENDING && !writes.isEmpty())) {
            return;
        }
        phase = Phase.ENDING;
        end = how;
        if (early) {
            writes.drop();
        }
        turns.schedule();
    }

    /** Kafka refuses what was asked of it. */
    private void refused(RuntimeException why) {
        fail(why);
        if (note != null) {
            note.gaveUp();
        }
        if (lastAsked) {
            over(); // not even that can be written
        }
    }

    /** What was read last may have been another one's, and what is noted would be taken for another one's. */
    private void queueIsGone(RuntimeException why) {
        queueIsGone = true;
        fail(why);
    }

    private void fail(RuntimeException why) {
        if (phase != Phase.OVER) {
            failure = failure == null ? why : failure;
            end(End.CANCELLED);
        }
    }

    private void askLast(long now) {
        NoteKeeper keeper = note;
        if (queueIsGone || (keeper == null && end == End.CANCELLED)) {
            over();
        } else if (!lastAsked && (keeper == null || !keeper.isWriting())) {
            lastAsked = true;
            if (keeper == null) {
                watch.ifSame(this::over);
            } else {
                keeper.write(now, false, isOurs -> over());
            }
        }
    }

    private void over() {
        if (phase == Phase.OVER) {
            return;
        }
        letGo(CLOSE);
        ReplayReport last = report(end);
        progress = last;
        RuntimeException why = failure;
        parts.events().replayEnded(last, why == null ? "ended" : why.toString());
        parts.callbacks().execute(() -> {
            if (why == null) {
                completion.complete(last);
            } else {
                completion.completeExceptionally(why);
            }
        });
        over = true;
        parts.changed().run();
    }

    private void letGo(Duration timeout) {
        phase = Phase.OVER;
        lookups.close(timeout);
        try {
            scan.close(timeout);
        } catch (RuntimeException unclosed) {
            parts.events().error(unclosed);
        }
    }

    private ReplayReport report(End how) {
        return counts.report(how, request.isDryRun(), scan.report());
    }
}
