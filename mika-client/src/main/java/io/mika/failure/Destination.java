package io.mika.failure;

import io.mika.consumer.Backoff;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The retry topic or the dead letter queue as what is written there sees it: a queue, and a thread of its own that
 * sends, so that one that is missing slows no other. Internal; no API.
 *
 * <p>Writes are pipelined: thousands are under way at once. A write that failed is <i>unknown</i>, not "not written", and
 * is sent again, for as long as the client lives. While the destination does not work, one write per back-off probes it
 * and the rest waits.
 *
 * <p><i>Thread-safe</i>: {@link #offer} and {@link #nudge}. Turns run on the given executor, one at a time; the
 * producer's thread does no more than note an outcome.
 */
public final class Destination {
    /** What may be under way at once. */
    static final int MAX_RECORDS = 50_000;

    static final long MAX_BYTES = 32L * 1024 * 1024;

    private static final Backoff BACKOFF =
            Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(30)).jitter(0.2);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What a destination tells. */
    public interface Listener {
        /**
         * It does not work, or does not take a record; what waits is tried again. Once per back-off.
         *
         * @param topic the destination on the wire
         * @param error what Kafka said
         */
        void writeFailed(String topic, RuntimeException error);
    }

    private enum Mode {
        OPEN,
        /** Until {@code probeAt}. */
        BACKING_OFF,
        /** One write is under way, and its outcome decides. */
        PROBING
    }

    /** One that failed. */
    private record Outcome(Write write, RuntimeException error) {}

    private record Again(Write write, long at, long number) {}

    private final String topic;
    private final FailureProducer producer;
    private final Executor thread;
    private final LongSupplier clock;
    private final DoubleSupplier random;
    private final Listener listener;

    private final Queue<Write> fresh = new ConcurrentLinkedQueue<>();
    private final Queue<Outcome> failed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean probed;
    /** When a turn is due although nothing happens; {@code Long.MAX_VALUE} for never. */
    private volatile long nextTurn = Long.MAX_VALUE;

    private volatile boolean blocked;
    private volatile @Nullable RuntimeException notWorking;

    // Of the thread
    private final PriorityQueue<Again> again =
            new PriorityQueue<>(Comparator.comparingLong(Again::at).thenComparingLong(Again::number));
    private Mode mode = Mode.OPEN;
    private long probeAt;
    private int failures;
    private long numbers;

    /**
     * Makes one.
     *
     * @param topic the topic on the wire
     * @param producer shared by all destinations
     * @param thread runs turns; one at a time, in order
     * @param clock monotonic nanoseconds
     * @param random from 0 to 1
     * @param listener is told on the thread
     */
    public Destination(
            String topic,
            FailureProducer producer,
            Executor thread,
            LongSupplier clock,
            DoubleSupplier random,
            Listener listener) {
        this.topic = topic;
        this.producer = producer;
        this.thread = thread;
        this.clock = clock;
        this.random = random;
        this.listener = listener;
    }

    /**
     * The topic that it writes to.
     *
     * @return its name on the wire
     */
    public String topic() {
        return topic;
    }

    /**
     * Takes a write. Any thread; never blocks.
     *
     * @param write to be sent when there is room
     */
    public void offer(Write write) {
        waiting.incrementAndGet();
        fresh.add(write);
        schedule();
    }

    /**
     * Sends on what waited for its time. Called now and then by whoever knows the time.
     *
     * @param now monotonic nanoseconds
     */
    public void nudge(long now) {
        long next = nextTurn;
        if (next != Long.MAX_VALUE && now - next >= 0) {
            schedule();
        }
    }

    /**
     * Writes that wait to be sent, for the first time or again.
     *
     * @return how many
     */
    public int waiting() {
        return waiting.get();
    }

    /**
     * Writes that are under way.
     *
     * @return how many
     */
    public int underWay() {
        return underWay.get();
    }

    /**
     * Why nothing can be written at the moment.
     *
     * @return empty if it can, as far as is known
     */
    public Optional<RuntimeException> error() {
        return Optional.ofNullable(notWorking);
    }

    private void schedule() {
        // Asked for each write, and most find it done: looking costs less than trying to change it
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                thread.execute(this::turn);
            } catch (RejectedExecutionException closed) {
                scheduled.set(false); // the client is closed: what waits is its next owner's
            }
        }
    }

    private void turn() {
        scheduled.set(false);
        nextTurn = Long.MAX_VALUE;
        takeOutcomes();
        long now = clock.getAsLong();
        while (mayCome(now)) {
            Write write = next(now);
            if (write == null) {
                break;
            }
            send(write, now);
            takeOutcomes();
        }
        noteNextTurn();
    }

    private void takeOutcomes() {
        if (probed) {
            probed = false;
            works();
        }
        if (!failed.isEmpty()) {
            long now = clock.getAsLong(); // sending may have taken its time
            for (Outcome outcome = failed.poll(); outcome != null; outcome = failed.poll()) {
                failed(outcome.write(), outcome.error(), now);
            }
        }
    }

    private boolean mayCome(long now) {
        return switch (mode) {
            case OPEN -> hasRoom();
            case BACKING_OFF -> now - probeAt >= 0;
            case PROBING -> false;
        };
    }

    private boolean hasRoom() {
        blocked = !isBelow(MAX_RECORDS, MAX_BYTES);
        // Outcomes that came in between did not see that we are blocked
        return !blocked || isBelow(MAX_RECORDS / 2, MAX_BYTES / 2);
    }

    private boolean isBelow(int records, long bytes) {
        return underWay.get() < records && bytesUnderWay.get() < bytes;
    }

    private @Nullable Write next(long now) {
        for (; ; ) {
            Again due = again.peek();
            Write write;
            if (due != null && now - due.at() >= 0) {
                again.remove();
                write = due.write();
            } else {
                write = fresh.poll();
            }
            if (write == null || write.isWanted()) {
                return write;
            }
            waiting.decrementAndGet();
        }
    }

    private void send(Write write, long now) {
        ProducerRecord<byte[], byte[]> record;
        try {
            record = write.record(write.form);
        } catch (RuntimeException unmade) {
            keep(write, unmade, now); // which says nothing about the destination
            return;
        }
        if (mode == Mode.BACKING_OFF) {
            mode = Mode.PROBING;
        }
        boolean probe = mode == Mode.PROBING;
        waiting.decrementAndGet();
        underWay.incrementAndGet();
        bytesUnderWay.addAndGet(write.size());
        try {
            producer.send(record, (where, error) -> answered(write, where, error, probe));
        } catch (RuntimeException thrown) {
            answered(write, null, thrown, probe);
        }
    }

    /** On the producer's thread, or on ours if it could not even be sent. */
    private void answered(Write write, @Nullable RecordMetadata where, @Nullable Exception error, boolean probe) {
        write.answered(where, error);
        underWay.decrementAndGet();
        bytesUnderWay.addAndGet(-write.size());
        if (error == null) {
            write.written();
            if (probe) {
                probed = true;
            }
        } else {
            waiting.incrementAndGet();
            failed.add(new Outcome(write, WriteError.runtime(error)));
        }
        if (error != null || probe || (blocked && isBelow(MAX_RECORDS / 2, MAX_BYTES / 2))) {
            schedule();
        }
    }

    private void failed(Write write, RuntimeException error, long now) {
        switch (WriteError.of(error)) {
            case TOO_LARGE -> {
                works();
                tooLarge(write, error, now);
            }
            case RECORD -> {
                works();
                keep(write, error, now);
            }
            case REFUSED -> {
                later(write, now);
                backOff(error, now, SLOW_NANOS);
            }
            case DESTINATION -> {
                later(write, now);
                backOff(error, now, 0);
            }
        }
    }

    /** The brokers answered, if only to say no to this record. */
    private void works() {
        if (mode == Mode.PROBING) {
            mode = Mode.OPEN;
            notWorking = null;
            failures = 0;
        }
    }

    private void tooLarge(Write write, RuntimeException error, long now) {
        if (write.form < write.smallerForms()) {
            write.form++;
            later(write, now);
        } else {
            keep(write, error, now);
        }
    }

    /** It goes another way, or stays here without holding up others. */
    private void keep(Write write, RuntimeException error, long now) {
        if (write.refused(error)) {
            waiting.decrementAndGet();
        } else {
            later(write, now + SLOW_NANOS);
            listener.writeFailed(topic, error);
        }
    }

    private void later(Write write, long at) {
        again.add(new Again(write, at, numbers++));
    }

    private void backOff(RuntimeException error, long now, long atLeast) {
        if (mode == Mode.BACKING_OFF) {
            return; // of the same many that were under way
        }
        mode = Mode.BACKING_OFF;
        notWorking = error;
        failures++;
        probeAt = now
                + Math.max(
                        atLeast, BACKOFF.delay(failures, random.getAsDouble()).toNanos());
        listener.writeFailed(topic, error);
    }

    private void noteNextTurn() {
        if (mode == Mode.BACKING_OFF) {
            nextTurn = probeAt;
        } else if (mode == Mode.OPEN && !again.isEmpty()) {
            nextTurn = again.element().at();
        }
    }
}
