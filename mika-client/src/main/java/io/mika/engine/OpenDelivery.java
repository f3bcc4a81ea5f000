package io.mika.engine;

import io.mika.consumer.Delivery;
import io.mika.consumer.FailureReason;
import io.mika.consumer.Settlement;
import io.mika.consumer.Source;
import io.mika.record.FailureHeaders;
import io.mika.record.Origin;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One record in a handler's hands. <i>Thread-safe.</i> Its state lives in its {@link Chunk}; this is no more than the
 * place where to find it, so that a delivery that is acked at once leaves nothing behind.
 *
 * <p>Where a record may be handed out again in place, the state alone does not tell one delivery of it from the next: the
 * first call that would settle this delivery claims it, and no other has an effect.
 */
final class OpenDelivery implements Delivery {
    private static final VarHandle CLAIMED = claimedHandle();

    private final Chunk chunk;
    private final int index;
    private final ConsumerRecord<byte[], byte[]> record;
    private final Attempt attempt;

    @SuppressWarnings("FieldMayBeFinal") // CLAIMED writes it
    private volatile boolean claimed;

    /** Of few deliveries. */
    private volatile @Nullable OpenTime time;

    /** Of the failure that claimed it. */
    private volatile @Nullable CompletableFuture<Settlement> outcome;

    OpenDelivery(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record, Attempt attempt) {
        this.chunk = chunk;
        this.index = index;
        this.record = record;
        this.attempt = attempt;
    }

    private static VarHandle claimedHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(OpenDelivery.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    Chunk chunk() {
        return chunk;
    }

    int index() {
        return index;
    }

    Attempt is() {
        return attempt;
    }

    // ---- what it is

    @Override
    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    @Override
    public byte @Nullable [] key() {
        return record.key();
    }

    @Override
    public byte @Nullable [] value() {
        return record.value();
    }

    @Override
    public Optional<String> header(String name) {
        Header last = record.headers().lastHeader(name);
        return last == null || last.value() == null
                ? Optional.empty()
                : Optional.of(new String(last.value(), StandardCharsets.UTF_8));
    }

    @Override
    public String topic() {
        return attempt.binding().topic();
    }

    @Override
    public int attempt() {
        return attempt.number();
    }

    @Override
    public Source source() {
        return attempt.source();
    }

    @Override
    public Optional<Origin> origin() {
        return wireOrigin().map(origin -> new Origin(topic(), origin.partition(), origin.offset()));
    }

    /** {@link #origin} with the topic's name on the wire. */
    Optional<Origin> wireOrigin() {
        return attempt.source() == Source.TOPIC
                ? Optional.of(new Origin(record.topic(), record.partition(), record.offset()))
                : failure().flatMap(FailureHeaders::origin);
    }

    @Override
    public Optional<FailureHeaders> failure() {
        String group = chunk.lane.group();
        return group == null ? Optional.empty() : FailureHeaders.read(record.headers(), group);
    }

    @Override
    public boolean possiblyRedelivered() {
        return chunk.lane.isPossiblyRedelivered(record.offset());
    }

    @Override
    public boolean isOwned() {
        return chunk.lane.isOwned() && !isDiscarded();
    }

    // ---- for how long it is open

    /** Its call begins; from here on it is known for how long it is open. */
    void callBegins(long now) {
        time = OpenTime.from(now);
    }

    void callEnds() {
        OpenTime known = time;
        if (known != null) {
            known.ends();
        }
    }

    /** Null if nothing more is known than when its chunk was handed out. */
    @Nullable OpenTime time() {
        return time;
    }

    @Override
    public void extend(Duration more) {
        if (more.isNegative() || more.isZero()) {
            throw new IllegalArgumentException("extend: " + more + " is not above zero");
        }
        chunk.lane.extend(this, more);
    }

    void extendTo(long until) {
        OpenTime known;
        synchronized (this) {
            known = time == null ? OpenTime.unknown() : time;
            time = known;
        }
        known.extendTo(until);
    }

    /** Tells its call to end, where the consumer's options say so. */
    void interrupt() {
        OpenTime known = time;
        if (known != null && attempt.binding().options().interruptsOnDeadline()) {
            known.interrupt();
        }
    }

    /** What its call throws from here on is the answer to that. */
    boolean wasInterrupted() {
        OpenTime known = time;
        return known != null && known.wasInterrupted();
    }

    // ---- settling

    boolean isDiscarded() {
        return chunk.state(index) == SettleState.DISCARDED;
    }

    /** Whether it was acked, or failed for good. */
    boolean isSettled() {
        return claimed
                ? chunk.state(index) != SettleState.FAILING
                : chunk.state(index).isSettled();
    }

    boolean isOpen() {
        return chunk.state(index).isOpen();
    }

    private boolean claim() {
        return !attempt.mayBeRepeated() || CLAIMED.compareAndSet(this, false, true);
    }

    /** Its failure leads nowhere: it can be settled again. */
    void reopen() {
        chunk.lane.reopen(chunk, index);
        // Not before: whoever claimed it while it still failed would neither settle it nor give it back
        claimed = false;
    }

    @Override
    public Settlement ack() {
        if (!claim()) {
            return refused();
        }
        if (chunk.move(index, SettleState.OPEN, SettleState.ACKED)) {
            return acked();
        }
        if (chunk.move(index, SettleState.LATE, SettleState.ACKED)) {
            chunk.lane.lateSettled();
            return acked();
        }
        // Between the two attempts the runner may have moved it from OPEN to LATE and nothing moves it back
        return refused();
    }

    private Settlement acked() {
        Observed observed = chunk.takeObserved(index);
        if (observed != null) {
            observed.acked();
        }
        Outage outage = attempt.outage();
        if (outage != null) {
            outage.acked();
        }
        return Settlement.ACKED;
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable Throwable reason) {
        return fail(reason, Failure.Asked.NOTHING);
    }

    @Override
    public CompletableFuture<Settlement> fail(@Nullable String reason) {
        return fail(new FailureReason(reason == null ? "unknown" : reason));
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason) {
        return fail(reason, Failure.Asked.RETRY);
    }

    @Override
    public CompletableFuture<Settlement> retry(@Nullable Throwable reason, Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("retry: the delay " + delay + " is negative");
        }
        return fail(reason, new Failure.Asked(true, delay));
    }

    private CompletableFuture<Settlement> fail(@Nullable Throwable reason, Failure.Asked asked) {
        if (!claim()) {
            CompletableFuture<Settlement> underWay = outcome;
            return underWay == null || underWay.isDone()
                    ? CompletableFuture.completedFuture(refused())
                    : underWay.copy();
        }
        CompletableFuture<Settlement> mine = chunk.lane.fail(new Failure(this, reason, asked));
        if (attempt.mayBeRepeated()) {
            outcome = mine;
        }
        return mine;
    }

    Settlement refused() {
        return isDiscarded() ? Settlement.NOT_OWNED : Settlement.ALREADY_SETTLED;
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " " + chunk.state(index);
    }
}
