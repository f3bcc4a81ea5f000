package io.mika.failure;

import io.mika.error.ClientClosedException;
import io.mika.error.MikaException;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayReport.End;
import io.mika.event.ReplayRequest;
import io.mika.record.FailureHop;
import io.mika.record.SettledRanges;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One replay: looks up what there is, claims the note, reads, writes, notes, ends. <i>Owned by its turns</i>, but for what
 * {@link Replay} offers, {@link #close}, {@link #nudge} and {@link #abandon}.
 *
 * <p>A record counts as replayed when the brokers have acknowledged its copy; it is noted within a second. A crash in
 * between makes the next replay take it again.
 */
final class ReplayRun implements Replay {
    private static final int MOST_UNDER_WAY = 1_000;
    private static final long MOST_BYTES_UNDER_WAY = 16L * 1024 * 1024;
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

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
    private final ReplayCounts counts = new ReplayCounts();
    private final AssignedReader reader;
    private final OriginalFetch originals;
    private final ReplayScan scan;
    private final ReplayStart start;
    private final TokenBucket rate;
    private final Set<ReplayWrite> underWay = new HashSet<>();
    private long bytesUnderWay;
    private Phase phase = Phase.STARTING;
    private End end = End.UNDER_WAY;
    private @Nullable NoteKeeper note;
    private @Nullable RuntimeException failure;
    private boolean lastNote;

    private volatile boolean stopped;
    private volatile boolean over;
    private volatile ReplayReport progress;

    ReplayRun(ReplayRequest request, Replays.Parts parts) {
        this.request = request;
        this.parts = parts;
        this.progress = ReplayReport.nothing(request.isDryRun());
        this.turns = new SerialTurns(parts.thread(), this::turn, this::broken);
        this.ask = new RepeatedAsk(turns, parts.nanoClock(), parts.events()::error, this::refused);
        this.lookups = parts.lookups().get();
        this.reader = new AssignedReader(parts.readers());
        this.originals = new OriginalFetch(new AssignedReader(parts.readers()), lookups, parts.events()::error);
        ReplayFilter filter = new ReplayFilter(request, parts.suffix());
        this.scan = new ReplayScan(parts.group(), request, filter, counts, reader, originals);
        this.rate = new TokenBucket(
                request.isDryRun() ? Double.POSITIVE_INFINITY : request.perSecond(),
                parts.nanoClock().getAsLong());
        this.start = new ReplayStart(request, filter, parts, lookups, ask, runId);
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
            if (phase != Phase.ENDING || !underWay.isEmpty()) {
                fail(new ClientClosedException());
            }
        });
    }

    /** The time for closing is over. */
    void abandon() {
        stopped = true;
        turns.endWith(this::letGo);
        lookups.close(Duration.ZERO);
        parts.callbacks().execute(() -> completion.completeExceptionally(new ClientClosedException()));
        over = true;
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
        if (phase == Phase.READING) {
            read();
            keepNote(now);
        }
        if (phase == Phase.ENDING && underWay.isEmpty()) {
            lastNote(now);
        }
    }

    private void read() {
        while (phase == Phase.READING) {
            if (scan.isAtEnd()) {
                end(scan.isNoteFull() ? End.NOTE_FULL : End.COMPLETED);
                return;
            }
            if (underWay.size() >= MOST_UNDER_WAY || bytesUnderWay >= MOST_BYTES_UNDER_WAY) {
                return; // an outcome brings the next turn
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
                    turns.scheduleAt(now);
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
            found.partition().written(offset);
        } else {
            write(found, range);
        }
        if (counts.taken >= request.atMost()) {
            end(End.AT_MOST_REACHED);
        }
    }

    private void write(ReplayScan.Found found, SettledRanges.Range range) {
        ConsumerRecord<byte[], byte[]> content = found.content();
        ReplayWrite[] made = new ReplayWrite[1];
        ReplayWrite write = new ReplayWrite(
                Math.max(0, content.serializedKeySize()) + Math.max(0, content.serializedValueSize()),
                () -> copy(found),
                parts.sending(),
                () -> stopped,
                outcome -> turns.send(() -> outcome(made[0], found, range, outcome)));
        made[0] = write;
        underWay.add(write);
        bytesUnderWay += write.size();
        parts.retry().offer(write);
    }

    private ProducerRecord<byte[], byte[]> copy(ReplayScan.Found found) {
        ConsumerRecord<byte[], byte[]> content = found.content();
        Headers headers = FailureHop.replay(found.failed().headers(), parts.group(), request.retries());
        return new ProducerRecord<>(parts.retry().topic(), null, null, content.key(), content.value(), headers);
    }

    private void outcome(
            ReplayWrite write, ReplayScan.Found found, SettledRanges.Range range, ReplayWrite.Outcome outcome) {
        underWay.remove(write);
        bytesUnderWay -= write.size();
        long offset = found.failed().offset();
        if (outcome == ReplayWrite.Outcome.WRITTEN) {
            counts.replayed++;
            found.partition().written(offset);
            if (note != null) {
                note.replayed(found.partition().partition, range);
            }
            return;
        }
        if (outcome == ReplayWrite.Outcome.REFUSED) {
            counts.failed++;
            parts.events()
                    .error(new MikaException(
                            "the record " + found.partition().partition + "@" + offset
                                    + " of the dead letter queue cannot be replayed: " + write.error(),
                            write.error()));
            found.partition().written(offset); // done with, for good or ill
        } else {
            found.partition().notWritten(offset);
        }
    }

    private void keepNote(long now) {
        NoteKeeper keeper = note;
        if (keeper != null && phase == Phase.READING) {
            if (keeper.isDue(now)) {
                keeper.write(now, true, isOurs -> {
                    if (!isOurs) {
                        end(End.DISPLACED);
                    }
                });
            }
            turns.scheduleAt(now + TimeUnit.SECONDS.toNanos(1));
        }
    }

    private void end(End how) {
        boolean early = how == End.CANCELLED || how == End.DISPLACED;
        boolean mayEnd = phase == Phase.STARTING || phase == Phase.READING;
        if (!mayEnd && !(early && phase == Phase.ENDING && !underWay.isEmpty())) {
            return;
        }
        phase = Phase.ENDING;
        end = how;
        if (early) {
            stopped = true;
            List.copyOf(underWay).forEach(ReplayWrite::drop);
        }
        turns.schedule();
    }

    /** Kafka refuses what was asked of it. */
    private void refused(RuntimeException why) {
        fail(why);
        if (note != null) {
            note.gaveUp();
        }
        if (lastNote) {
            over(); // not even that can be written
        }
    }

    private void fail(RuntimeException why) {
        if (phase != Phase.OVER) {
            failure = failure == null ? why : failure;
            end(End.CANCELLED);
        }
    }

    private void lastNote(long now) {
        NoteKeeper keeper = note;
        if (keeper == null) {
            over();
        } else if (!keeper.isWriting() && !lastNote) {
            lastNote = true;
            keeper.write(now, false, isOurs -> over());
        }
    }

    private void over() {
        if (phase == Phase.OVER) {
            return;
        }
        letGo();
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

    private void letGo() {
        phase = Phase.OVER;
        letGo(() -> reader.close(CLOSE));
        letGo(() -> originals.close(CLOSE));
        letGo(() -> lookups.close(CLOSE));
    }

    private void letGo(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException unclosed) {
            parts.events().error(unclosed);
        }
    }

    private ReplayReport report(End how) {
        return counts.report(how, request.isDryRun(), scan.report());
    }
}
