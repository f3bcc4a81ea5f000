package io.mika.failure;

import io.mika.consumer.SendObserver;
import io.mika.error.ClientClosedException;
import io.mika.error.MikaException;
import io.mika.event.Replay;
import io.mika.event.ReplayReport;
import io.mika.event.ReplayRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The replays of one client. Internal; no API. <i>Thread-safe.</i> */
public final class Replays {
    /**
     * What replays are made from.
     *
     * @param group on the wire
     * @param dlqTopic on the wire
     * @param suffix what topics bear on the wire
     * @param retry where records go
     * @param sending shows a record to the interceptors before it is sent
     * @param readers makes a consumer without a group
     * @param lookups makes look-ups of a replay's own, which closes them
     * @param thread runs the replays' turns one after another; they may block for a short while
     * @param nanoClock monotonic nanoseconds
     * @param wallClock epoch milliseconds
     * @param callbacks where futures complete
     * @param events what replays tell
     * @param changed is called when a replay is over
     */
    public record Parts(
            String group,
            String dlqTopic,
            String suffix,
            Destination retry,
            Function<ProducerRecord<byte[], byte[]>, @Nullable SendObserver> sending,
            Supplier<Consumer<byte[], byte[]>> readers,
            Supplier<ReplayLookups> lookups,
            Executor thread,
            LongSupplier nanoClock,
            LongSupplier wallClock,
            Executor callbacks,
            ReplayEvents events,
            Runnable changed) {}

    private final Parts parts;
    private final List<ReplayRun> runs = new CopyOnWriteArrayList<>();
    private boolean closed;

    /**
     * None yet.
     *
     * @param parts what they are made from
     */
    public Replays(Parts parts) {
        this.parts = parts;
    }

    /**
     * Begins a replay.
     *
     * @param request what is asked for
     * @return the replay; it has failed already if there can be none
     */
    public synchronized Replay start(ReplayRequest request) {
        if (closed) {
            return refused(request, new ClientClosedException());
        }
        runs.removeIf(ReplayRun::isOver);
        if (!request.isDryRun() && runs.stream().anyMatch(run -> !run.isDryRun())) {
            return refused(
                    request,
                    new MikaException("another replay of group " + parts.group() + " is under way, in this client"));
        }
        ReplayRun run;
        try {
            run = new ReplayRun(request, parts);
        } catch (RuntimeException unusable) {
            return refused(request, unusable);
        }
        runs.add(run);
        parts.events().replayBegan(request);
        run.begin();
        return run;
    }

    /**
     * A replay that there cannot be.
     *
     * @param request what was asked for
     * @param why it cannot be
     * @return a replay that has failed
     */
    public static Replay refused(ReplayRequest request, RuntimeException why) {
        return new Replay() {
            @Override
            public ReplayReport progress() {
                return ReplayReport.nothing(request.isDryRun());
            }

            @Override
            public void cancel() {}

            @Override
            public CompletableFuture<ReplayReport> completion() {
                return CompletableFuture.failedFuture(why);
            }
        };
    }

    /**
     * Goes on with what waited for its time. Called now and then by whoever knows the time.
     *
     * @param now monotonic nanoseconds
     */
    public void nudge(long now) {
        runs.forEach(run -> run.nudge(now));
    }

    /** The client closes: what is under way is stopped and noted. Any number of times. */
    public synchronized void close() {
        if (!closed) {
            closed = true;
            runs.forEach(ReplayRun::close);
        }
    }

    /**
     * Whether nothing goes on any more.
     *
     * @return true also before the first
     */
    public boolean areOver() {
        return runs.stream().allMatch(ReplayRun::isOver);
    }

    /** The time for closing is over. */
    public synchronized void abandon() {
        closed = true;
        runs.stream().filter(run -> !run.isOver()).forEach(ReplayRun::abandon);
    }
}
