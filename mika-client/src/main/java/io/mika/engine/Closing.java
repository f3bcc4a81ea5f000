package io.mika.engine;

import io.mika.event.AbandonedRecord;
import io.mika.event.CloseReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The end of a client: one absolute deadline, which a later close can only bring forward, and one report.
 * <i>Thread-safe.</i>
 *
 * <p>The poll thread says what it has reached, so that whoever finds the deadline over can report without it. Once the
 * report is given the poll thread, wherever it hangs, starts no further commit.
 */
final class Closing {
    /** Longer than any client lives, and short enough to reckon with. */
    private static final Duration LONGEST = Duration.ofDays(10_000);

    private static final Duration LONGEST_RESERVE = Duration.ofSeconds(2);

    /**
     * @param reserve what of the time is kept for the last commit and leaving the group
     * @param drains false: what is open is abandoned at once
     */
    private record Request(long askedAt, long deadline, long reserve, boolean drains) {}

    /** What the poll thread has reached. */
    record Progress(boolean drained, List<OpenRecord> open, Map<TopicPartition, Long> lastCommits, boolean leftGroup) {
        /** For a client that never held a record. */
        static final Progress NOTHING_OPEN = new Progress(true, List.of(), Map.of(), false);

        static final Progress NONE = new Progress(false, List.of(), Map.of(), false);
    }

    private final LongSupplier clock;
    private final UnaryOperator<TopicPartition> naming;
    private final AtomicReference<@Nullable Request> request = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();
    private final CompletableFuture<CloseReport> report = new CompletableFuture<>();
    private volatile Progress progress = Progress.NONE;
    private volatile boolean over;

    /** @param naming from the wire's names to the application's */
    Closing(LongSupplier clock, UnaryOperator<TopicPartition> naming) {
        this.clock = clock;
        this.naming = naming;
    }

    void request(Duration timeout, boolean drains) {
        long now = clock.getAsLong();
        long nanos = timeout.isNegative() ? 0 : (timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST).toNanos();
        Request mine = new Request(now, now + nanos, Math.min(nanos / 4, LONGEST_RESERVE.toNanos()), drains);
        request.accumulateAndGet(mine, Closing::sooner);
    }

    private static @Nullable Request sooner(@Nullable Request known, @Nullable Request asked) {
        if (known == null || asked == null) {
            return known == null ? asked : known;
        }
        Request sooner = known.deadline() - asked.deadline() <= 0 ? known : asked;
        return new Request(known.askedAt(), sooner.deadline(), sooner.reserve(), known.drains() && asked.drains());
    }

    /** The client cannot go on; the first such cause is the one reported. */
    void because(Throwable error) {
        cause.compareAndSet(null, error);
    }

    boolean isRequested() {
        return request.get() != null;
    }

    /** Nanoseconds until the deadline; 0 when it is over. */
    long remaining() {
        Request asked = request.get();
        return asked == null ? Long.MAX_VALUE : Math.max(0, asked.deadline() - clock.getAsLong());
    }

    /** Nanoseconds that draining may go on: what remains but for the last commit and leaving the group. */
    long drainRemaining() {
        Request asked = request.get();
        if (asked == null || !asked.drains()) {
            return 0;
        }
        return remaining() - asked.reserve();
    }

    void reached(Progress state) {
        progress = state;
    }

    boolean isOver() {
        return over;
    }

    CompletableFuture<CloseReport> report() {
        return report;
    }

    /** The end: makes the report of what was reached. From here on nothing is committed. */
    CloseReport end() {
        over = true;
        Progress reached = progress;
        Request asked = request.get();
        long now = clock.getAsLong();
        List<AbandonedRecord> abandoned =
                reached.open().stream().map(open -> abandoned(open, now)).toList();
        Map<TopicPartition, Long> lastCommits = reached.lastCommits().entrySet().stream()
                .collect(Collectors.toMap(entry -> naming.apply(entry.getKey()), Map.Entry::getValue));
        return new CloseReport(
                reached.drained(),
                abandoned,
                lastCommits,
                reached.leftGroup(),
                true,
                Optional.ofNullable(cause.get()),
                Duration.ofNanos(asked == null ? 0 : now - asked.askedAt()));
    }

    /** Gives the report to whoever waits for it. */
    void complete(CloseReport made) {
        report.complete(made);
    }

    private AbandonedRecord abandoned(OpenRecord open, long now) {
        TopicPartition named = naming.apply(open.partition());
        return new AbandonedRecord(
                named.topic(), named.partition(), open.offset(), Duration.ofNanos(now - open.since()));
    }
}
