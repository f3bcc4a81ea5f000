package io.mika.event;

import io.mika.error.ConfigException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which records of the dead letter queue are to be replayed, and how. What is not said does not narrow it down: a request
 * without a filter asks for everything of the group.
 *
 * <p><i>Immutable.</i>
 */
public final class ReplayRequest {
    private final Optional<String> topic;
    private final Optional<Instant> since;
    private final Optional<Instant> until;
    private final Optional<String> exceptionClass;
    private final Optional<String> reason;
    private final byte @Nullable [] key;
    private final Map<Integer, NavigableSet<Long>> offsets;
    private final boolean dryRun;
    private final double perSecond;
    private final long atMost;
    private final OptionalInt retries;
    private final int cap;
    private final boolean again;

    private ReplayRequest(Builder from) {
        this.topic = Optional.ofNullable(from.topic);
        this.since = Optional.ofNullable(from.since);
        this.until = Optional.ofNullable(from.until);
        this.exceptionClass = Optional.ofNullable(from.exceptionClass);
        this.reason = Optional.ofNullable(from.reason);
        this.key = from.key == null ? null : from.key.clone();
        this.offsets = new TreeMap<>();
        from.offsets.forEach((partition, asked) -> offsets.put(partition, new TreeSet<>(asked)));
        this.dryRun = from.dryRun;
        this.perSecond = from.perSecond;
        this.atMost = from.atMost;
        this.retries = from.retries;
        this.cap = from.cap;
        this.again = from.again;
    }

    /**
     * Begins a request for everything.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the consumer's topic, without the global suffix; empty for any} */
    public Optional<String> topic() {
        return topic;
    }

    /** {@return the earliest time, inclusive, at which a record was written to the dead letter queue; empty for any} */
    public Optional<Instant> since() {
        return since;
    }

    /** {@return the time, exclusive, before which a record was written to the dead letter queue; empty for any} */
    public Optional<Instant> until() {
        return until;
    }

    /** {@return the full class name of the latest failure's exception; empty for any} */
    public Optional<String> exceptionClass() {
        return exceptionClass;
    }

    /** {@return what the message of the latest failure contains; empty for any} */
    public Optional<String> reason() {
        return reason;
    }

    /** {@return a copy of the record's key; empty for any} */
    public Optional<byte[]> key() {
        return Optional.ofNullable(key).map(byte[]::clone);
    }

    /** {@return offsets in the dead letter queue, by partition; empty for any} */
    public Map<Integer, NavigableSet<Long>> offsets() {
        Map<Integer, NavigableSet<Long>> copy = new TreeMap<>();
        offsets.forEach((partition, asked) -> copy.put(partition, new TreeSet<>(asked)));
        return copy;
    }

    /** {@return whether nothing is to be written; false unless set} */
    public boolean isDryRun() {
        return dryRun;
    }

    /** {@return how many records per second} */
    public double perSecond() {
        return perSecond;
    }

    /** {@return after how many records it ends; {@code Long.MAX_VALUE} for no limit} */
    public long atMost() {
        return atMost;
    }

    /** {@return how many hops the records are to count as having made; empty to leave that as it is} */
    public OptionalInt retries() {
        return retries;
    }

    /** {@return how often a record is replayed at most, over all replays; 3 unless set} */
    public int cap() {
        return cap;
    }

    /** {@return whether records are taken that an earlier replay has taken; false unless set} */
    public boolean isAgain() {
        return again;
    }

    /** What was asked for, in the order of the builder's methods; the key is not shown, for it may be personal. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        topic.ifPresent(name -> parts.add("topic=" + name));
        since.ifPresent(time -> parts.add("since=" + time));
        until.ifPresent(time -> parts.add("until=" + time));
        exceptionClass.ifPresent(name -> parts.add("exception=" + name));
        reason.ifPresent(text -> parts.add("reason=\"" + text + "\""));
        if (key != null) {
            parts.add("key=(" + key.length + " bytes)");
        }
        if (!offsets.isEmpty()) {
            parts.add("offsets="
                    + offsets.values().stream().mapToInt(NavigableSet::size).sum());
        }
        parts.add("dry_run=" + dryRun + " per_second=" + perSecond);
        parts.add(atMost == Long.MAX_VALUE ? "at_most=all" : "at_most=" + atMost);
        retries.ifPresent(hops -> parts.add("retries=" + hops));
        parts.add("cap=" + cap + " again=" + again);
        return String.join(" ", parts);
    }

    /** What a request is to be. Nothing is checked before {@link #build()}. <i>Not thread-safe.</i> */
    public static final class Builder {
        private static final double PER_SECOND = 100;
        private static final int CAP = 3;

        private @Nullable String topic;
        private @Nullable Instant since;
        private @Nullable Instant until;
        private @Nullable String exceptionClass;
        private @Nullable String reason;
        private byte @Nullable [] key;
        private final Map<Integer, NavigableSet<Long>> offsets = new TreeMap<>();
        private boolean dryRun;
        private double perSecond = PER_SECOND;
        private long atMost = Long.MAX_VALUE;
        private OptionalInt retries = OptionalInt.empty();
        private int cap = CAP;
        private boolean again;

        private Builder() {}

        /**
         * Only records that failed first on this topic: those of its consumer.
         *
         * @param name without the global suffix
         * @return this
         */
        public Builder topic(String name) {
            topic = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Only records that were written to the dead letter queue at this time or later.
         *
         * @param time inclusive
         * @return this
         */
        public Builder since(Instant time) {
            since = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * Only records that were written to the dead letter queue before this time.
         *
         * @param time exclusive
         * @return this
         */
        public Builder until(Instant time) {
            until = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * Only records whose latest failure was an exception of exactly this class.
         *
         * @param type the class; those below it do not count
         * @return this
         */
        public Builder exception(Class<? extends Throwable> type) {
            return exception(type.getName());
        }

        /**
         * Only records whose latest failure was an exception of exactly this class.
         *
         * @param className its full name, as the header {@code exception} has it
         * @return this
         */
        public Builder exception(String className) {
            exceptionClass = Objects.requireNonNull(className, "className");
            return this;
        }

        /**
         * Only records the message of whose latest failure contains this.
         *
         * @param text any part of it; upper and lower case differ
         * @return this
         */
        public Builder reason(String text) {
            reason = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Only records with this key.
         *
         * @param text the key in UTF-8
         * @return this
         */
        public Builder key(String text) {
            return key(text.getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Only records with this key.
         *
         * @param bytes the key
         * @return this
         */
        public Builder key(byte[] bytes) {
            key = bytes.clone();
            return this;
        }

        /**
         * Only the records at these offsets of the dead letter queue. May be called several times, also for one partition.
         *
         * @param partition of the dead letter queue
         * @param at offsets there, at least one
         * @return this
         */
        public Builder offsets(int partition, long... at) {
            NavigableSet<Long> asked = offsets.computeIfAbsent(partition, missing -> new TreeSet<>());
            Arrays.stream(at).forEach(asked::add);
            return this;
        }

        /**
         * Writes nothing, and reports what a replay would do now.
         *
         * @return this
         */
        public Builder dryRun() {
            return dryRun(true);
        }

        /**
         * Whether it writes nothing, so that one builder makes the dry run and the replay.
         *
         * @param only as {@link #dryRun()} if true
         * @return this
         */
        public Builder dryRun(boolean only) {
            dryRun = only;
            return this;
        }

        /**
         * How fast records are replayed. Default: 100 per second.
         *
         * @param recordsPerSecond above zero; {@link Double#POSITIVE_INFINITY} for as fast as it goes
         * @return this
         */
        public Builder rate(double recordsPerSecond) {
            perSecond = recordsPerSecond;
            return this;
        }

        /**
         * Ends after so many records. Default: all.
         *
         * @param records 1 or more
         * @return this
         */
        public Builder atMost(long records) {
            atMost = records;
            return this;
        }

        /**
         * How many hops through the retry topic the records are to count as having made: 0 gives each all the retries of
         * its consumer again. Default: as many as they have made, so that what fails again returns to the dead letter queue
         * where the retries were exhausted.
         *
         * @param hops 0 or more
         * @return this
         */
        public Builder retries(int hops) {
            retries = OptionalInt.of(hops);
            return this;
        }

        /**
         * How often a record is replayed at most, over all replays, before it is left in the dead letter queue. Default: 3.
         *
         * @param replays 1 or more
         * @return this
         */
        public Builder cap(int replays) {
            cap = replays;
            return this;
        }

        /**
         * Takes also what an earlier replay has taken and whose copy is still in the dead letter queue. What the
         * consumption of the dead letter queue has settled stays settled.
         *
         * @return this
         */
        public Builder again() {
            again = true;
            return this;
        }

        /**
         * Makes the request.
         *
         * @return what was asked for
         * @throws ConfigException with all that is wrong
         */
        public ReplayRequest build() {
            List<String> problems = new ArrayList<>();
            Instant from = since;
            if (from != null && until != null && !from.isBefore(until)) {
                problems.add("since: " + from + " is not before until, " + until);
            }
            offsets.forEach((partition, asked) -> {
                if (partition < 0 || asked.isEmpty() || asked.first() < 0) {
                    problems.add("offsets: " + asked + " of partition " + partition + " are no offsets");
                }
            });
            if (!(perSecond > 0)) {
                problems.add("rate: " + perSecond + " is not above zero");
            }
            if (atMost < 1) {
                problems.add("atMost: " + atMost + " is not 1 or more");
            }
            if (retries.orElse(0) < 0) {
                problems.add("retries: " + retries.orElse(0) + " is negative");
            }
            if (cap < 1) {
                problems.add("cap: " + cap + " is not 1 or more");
            }
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            return new ReplayRequest(this);
        }
    }
}
