package io.mika.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/**
 * How one consumer works. The client's builder makes it, the application sets it, the client keeps a copy: changes made
 * afterwards have no effect.
 *
 * <p>A wrong value, and a second call of a setter that takes one value, throws nothing here: it is a problem, which the
 * client's {@code build()} reports together with all others.
 *
 * <p><i>Not thread-safe</i> while it is being set.
 */
public final class ConsumerOptions {

    /** Open deliveries per partition, unless set. */
    public static final int DEFAULT_MAX_IN_FLIGHT = 10_000;

    /** After how long an open delivery counts as stuck, unless set. */
    public static final Duration DEFAULT_ACK_DEADLINE = Duration.ofSeconds(60);

    /** Records in a batch at most, unless set. */
    public static final int DEFAULT_BATCH_RECORDS = 500;

    /** How long a batch waits to become so large, unless set. */
    public static final Duration DEFAULT_BATCH_WAIT = Duration.ofMillis(200);

    /** Handler calls at once with {@link Ordering#KEY} and {@link Ordering#NONE}, unless set. */
    public static final int DEFAULT_UNORDERED_CONCURRENCY = 16;

    private @Nullable Integer retries;
    private Backoff backoff = Backoff.none();
    private @Nullable Integer inPlaceRetries;
    private Backoff inPlaceBackoff = Backoff.none();
    private boolean useDlq;
    private @Nullable Ordering ordering;
    private @Nullable Double rateLimit;
    private @Nullable Duration ackDeadline;
    private DeadlinePolicy deadlinePolicy = DeadlinePolicy.WARN;
    private boolean interruptOnDeadline;
    private @Nullable Integer batchRecords;
    private Duration batchWait = DEFAULT_BATCH_WAIT;
    private boolean disabled;
    private @Nullable Integer concurrency;
    private @Nullable Integer maxInFlight;
    private final List<Predicate<? super Throwable>> retryable = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private ConsumerOptions() {}

    /**
     * Options at their defaults.
     *
     * @return new options
     */
    public static ConsumerOptions create() {
        return new ConsumerOptions();
    }

    /**
     * How often a record with a retryable failure goes through the retry topic before it counts as failed for good.
     * Needs a retry topic. Each is due at once. Default 0.
     *
     * @param hops 0 or more
     * @return this
     */
    public ConsumerOptions retries(int hops) {
        return retries(hops, Backoff.none());
    }

    /**
     * How often a record with a retryable failure goes through the retry topic before it counts as failed for good, and
     * how long it waits there each time. Others do not wait behind it. Needs a retry topic.
     *
     * @param hops 0 or more
     * @param wait before each
     * @return this
     */
    public ConsumerOptions retries(int hops, Backoff wait) {
        once("retries", retries, hops);
        notBelow("retries", hops, 0);
        retries = hops;
        backoff = Objects.requireNonNull(wait, "wait");
        return this;
    }

    /**
     * How often a record of the consumer's own topic with a retryable failure is handed to the handler again, here and
     * before any other of its partition, before it goes on as if it had failed once. Needs no group and no topic. The
     * tries are forgotten when the partition moves. Default 0; {@code Integer.MAX_VALUE} for as long as it takes.
     *
     * @param tries 0 or more
     * @param wait before each; the partition waits with it
     * @return this
     */
    public ConsumerOptions inPlaceRetries(int tries, Backoff wait) {
        once("inPlaceRetries", inPlaceRetries, tries);
        notBelow("inPlaceRetries", tries, 0);
        inPlaceRetries = tries;
        inPlaceBackoff = Objects.requireNonNull(wait, "wait");
        return this;
    }

    /**
     * Records that failed for good go to the dead letter queue. Needs one. Default: they do not.
     *
     * @return this
     */
    public ConsumerOptions useDlq() {
        useDlq = true;
        return this;
    }

    /**
     * Failures that are retryable beside {@link RetryableException}: those with one of these types, or a subtype,
     * anywhere in their cause chain. Several calls add up.
     *
     * @param types at least one
     * @return this
     */
    @SafeVarargs
    public final ConsumerOptions retryOn(Class<? extends Throwable>... types) {
        if (types.length == 0) {
            problems.add("retryOn: no exception type given");
        }
        for (Class<? extends Throwable> type : types) {
            retryable.add(type::isInstance);
        }
        return this;
    }

    /**
     * Failures that are retryable beside {@link RetryableException}: those where the predicate takes the failure itself
     * or one of its causes. Several calls add up.
     *
     * @param predicate called on any thread; it must not throw
     * @return this
     */
    public ConsumerOptions retryOn(Predicate<? super Throwable> predicate) {
        retryable.add(Objects.requireNonNull(predicate, "predicate"));
        return this;
    }

    /**
     * In which order the handler is called for records of one partition. Default {@link Ordering#PARTITION}.
     *
     * @param order which
     * @return this
     */
    public ConsumerOptions ordering(Ordering order) {
        if (ordering != null) {
            problems.add("ordering: set twice, to " + ordering + " and to " + order);
        }
        ordering = Objects.requireNonNull(order, "order");
        return this;
    }

    /**
     * How many calls of the handler may run at once. Default: with {@link Ordering#PARTITION} one per assigned partition,
     * where the platform has no virtual threads at most 64; else 16.
     *
     * @param calls 1 or more
     * @return this
     */
    public ConsumerOptions concurrency(int calls) {
        once("concurrency", concurrency, calls);
        notBelow("concurrency", calls, 1);
        concurrency = calls;
        return this;
    }

    /**
     * How many deliveries of one partition may be open at once, that is handed to the handler and not settled. At the
     * limit the partition waits, and no other. Default 10,000.
     *
     * @param deliveries 1 or more
     * @return this
     */
    public ConsumerOptions maxInFlight(int deliveries) {
        once("maxInFlight", maxInFlight, deliveries);
        notBelow("maxInFlight", deliveries, 1);
        maxInFlight = deliveries;
        return this;
    }

    /**
     * What {@link #retries(int)} set.
     *
     * @return hops, 0 for none
     */
    public int retries() {
        return retries == null ? 0 : retries;
    }

    /**
     * How long a record waits in the retry topic.
     *
     * @return what {@link #retries(int, Backoff)} set, or none
     */
    public Backoff backoff() {
        return backoff;
    }

    /**
     * What {@link #inPlaceRetries(int, Backoff)} set.
     *
     * @return tries, 0 for none
     */
    public int inPlaceRetries() {
        return inPlaceRetries == null ? 0 : inPlaceRetries;
    }

    /**
     * How long a partition waits before a record is handed out again.
     *
     * @return what {@link #inPlaceRetries(int, Backoff)} set, or none
     */
    public Backoff inPlaceBackoff() {
        return inPlaceBackoff;
    }

    /**
     * Whether {@link #useDlq()} was called.
     *
     * @return true if failed records go to the dead letter queue
     */
    public boolean usesDlq() {
        return useDlq;
    }

    /**
     * How many records the handler is given in a second at most, over all partitions of this client. Can be changed while
     * the client runs. Default: no limit.
     *
     * @param perSecond 0 or more; 0 holds all records
     * @return this
     */
    public ConsumerOptions rateLimit(double perSecond) {
        if (rateLimit != null) {
            problems.add("rateLimit: set twice, to " + rateLimit + " and to " + perSecond);
        }
        if (!(perSecond >= 0)) {
            problems.add("rateLimit: " + perSecond + " is not a number of 0 or more");
        }
        rateLimit = perSecond;
        return this;
    }

    /**
     * After how long a delivery that is neither acked nor failed is reported as stuck: to {@code ClientListener.onStuck},
     * in the log, and in the client's health. Reckoned from when it was handed out, and looked at once a second. Default
     * 60 s.
     *
     * @param age above zero
     * @return this
     */
    public ConsumerOptions ackDeadline(Duration age) {
        return ackDeadline(age, DeadlinePolicy.WARN);
    }

    /**
     * The same, and what becomes of the delivery then. Its handler call goes on, unless it is
     * {@linkplain #interruptOnDeadline interrupted}; what it settles afterwards has no effect.
     *
     * @param age above zero
     * @param policy default {@link DeadlinePolicy#WARN}
     * @return this
     */
    public ConsumerOptions ackDeadline(Duration age, DeadlinePolicy policy) {
        if (ackDeadline != null) {
            problems.add("ackDeadline: set twice, to " + ackDeadline + " and to " + age);
        }
        if (age.isNegative() || age.isZero()) {
            problems.add("ackDeadline: " + age + " is not above zero");
        }
        ackDeadline = age;
        deadlinePolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * A handler call that runs beyond the {@link #ackDeadline} is interrupted. What it throws then settles nothing.
     * Default: it is not.
     *
     * @return this
     */
    public ConsumerOptions interruptOnDeadline() {
        interruptOnDeadline = true;
        return this;
    }

    /**
     * The handler is given no record before the consumer is enabled on the client.
     *
     * @return this
     */
    public ConsumerOptions disabled() {
        disabled = true;
        return this;
    }

    /**
     * What {@link #rateLimit(double)} set.
     *
     * @return records per second, infinity for no limit
     */
    public double rateLimit() {
        return rateLimit == null ? Double.POSITIVE_INFINITY : rateLimit;
    }

    /**
     * How large a batch of a batch consumer is at most, and how long its first record waits for others: then a smaller one
     * is handed out rather than a late one. Default 500 records, 200 ms.
     *
     * @param maxRecords 1 or more, not above {@link #maxInFlight}
     * @param maxWait zero or more
     * @return this
     */
    public ConsumerOptions batch(int maxRecords, Duration maxWait) {
        once("batch", batchRecords, maxRecords);
        notBelow("batch", maxRecords, 1);
        if (maxWait.isNegative()) {
            problems.add("batch: " + maxWait + " is negative");
        }
        batchRecords = maxRecords;
        batchWait = maxWait;
        return this;
    }

    /**
     * Whether {@link #batch} was called.
     *
     * @return false for the defaults
     */
    public boolean setsBatch() {
        return batchRecords != null;
    }

    /**
     * What {@link #batch} set, or its default.
     *
     * @return records in a batch at most
     */
    public int batchRecords() {
        return batchRecords == null ? DEFAULT_BATCH_RECORDS : batchRecords;
    }

    /**
     * What {@link #batch} set, or its default.
     *
     * @return how long a batch waits to become so large
     */
    public Duration batchWait() {
        return batchWait;
    }

    /**
     * What {@link #ackDeadline(Duration)} set, or its default.
     *
     * @return how long a delivery may be open
     */
    public Duration ackDeadline() {
        return ackDeadline == null ? DEFAULT_ACK_DEADLINE : ackDeadline;
    }

    /**
     * What {@link #ackDeadline(Duration, DeadlinePolicy)} set, or its default.
     *
     * @return what becomes of a delivery that is open for longer
     */
    public DeadlinePolicy deadlinePolicy() {
        return deadlinePolicy;
    }

    /**
     * What {@link #interruptOnDeadline()} set.
     *
     * @return whether its handler call is interrupted
     */
    public boolean interruptsOnDeadline() {
        return interruptOnDeadline;
    }

    /**
     * Whether {@link #disabled()} was called.
     *
     * @return true if the consumer begins disabled
     */
    public boolean isDisabled() {
        return disabled;
    }

    /**
     * What {@link #ordering(Ordering)} set.
     *
     * @return {@link Ordering#PARTITION} unless set
     */
    public Ordering ordering() {
        return ordering == null ? Ordering.PARTITION : ordering;
    }

    /**
     * What {@link #concurrency(int)} set.
     *
     * @return empty for the default
     */
    public OptionalInt concurrency() {
        return concurrency == null ? OptionalInt.empty() : OptionalInt.of(concurrency);
    }

    /**
     * What {@link #maxInFlight(int)} set, or its default.
     *
     * @return deliveries per partition
     */
    public int maxInFlight() {
        return maxInFlight == null ? DEFAULT_MAX_IN_FLIGHT : maxInFlight;
    }

    /**
     * Whether a failure may go away: if a {@link RetryableException}, or what {@link #retryOn(Class[])} and {@link
     * #retryOn(Predicate)} named, is anywhere in its cause chain. A record that could not be decoded ({@link
     * Handlers#typed}) never is: its bytes stay what they are.
     *
     * @param failure what the handler threw or failed its delivery with
     * @return true if it is worth another attempt
     */
    public boolean isRetryable(@Nullable Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        for (Throwable link : chain) {
            if (link instanceof RecordDeserializationException) {
                return false;
            }
        }
        for (Throwable link : chain) {
            if (isNamedRetryable(link)) {
                return true;
            }
        }
        return false;
    }

    private boolean isNamedRetryable(Throwable link) {
        if (link instanceof RetryableException) {
            return true;
        }
        for (Predicate<? super Throwable> named : retryable) {
            if (named.test(link)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What is wrong with these options by themselves.
     *
     * @return one sentence each, empty if nothing is
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * These options as they are now.
     *
     * @return a copy that later changes do not reach
     */
    public ConsumerOptions copy() {
        ConsumerOptions copy = new ConsumerOptions();
        copy.retries = retries;
        copy.backoff = backoff;
        copy.inPlaceRetries = inPlaceRetries;
        copy.inPlaceBackoff = inPlaceBackoff;
        copy.useDlq = useDlq;
        copy.ordering = ordering;
        copy.rateLimit = rateLimit;
        copy.batchRecords = batchRecords;
        copy.batchWait = batchWait;
        copy.ackDeadline = ackDeadline;
        copy.deadlinePolicy = deadlinePolicy;
        copy.interruptOnDeadline = interruptOnDeadline;
        copy.disabled = disabled;
        copy.concurrency = concurrency;
        copy.maxInFlight = maxInFlight;
        copy.retryable.addAll(retryable);
        copy.problems.addAll(problems);
        return copy;
    }

    @Override
    public String toString() {
        return "ConsumerOptions[retries=" + retries() + ", backoff=" + backoff + ", inPlaceRetries=" + inPlaceRetries()
                + ", inPlaceBackoff=" + inPlaceBackoff + ", useDlq=" + useDlq + ", ordering=" + ordering()
                + ", concurrency="
                + (concurrency == null ? "default" : concurrency) + ", maxInFlight=" + maxInFlight() + "]";
    }

    private void once(String setting, @Nullable Integer before, int value) {
        if (before != null) {
            problems.add(setting + ": set twice, to " + before + " and to " + value);
        }
    }

    private void notBelow(String setting, int value, int least) {
        if (value < least) {
            problems.add(setting + ": " + value + " is less than " + least);
        }
    }
}
