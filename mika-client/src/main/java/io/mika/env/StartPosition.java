package io.mika.env;

import static java.util.Objects.requireNonNull;

import io.mika.error.ConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer's topic begins when the group has committed nothing there: at its earliest record, after its latest,
 * or at a time. A partition that has a committed offset resumes there, whatever this says. <i>Immutable.</i>
 */
public final class StartPosition {
    private static final StartPosition EARLIEST = new StartPosition("earliest", null);
    private static final StartPosition LATEST = new StartPosition("latest", null);
    private static final Instant KAFKA_BEGIN = Instant.EPOCH;
    private static final Instant KAFKA_END = Instant.ofEpochMilli(Long.MAX_VALUE);
    /** Java's own parser also takes times without seconds, which RFC 3339 and the Go client do not. */
    private static final Pattern RFC_3339 = Pattern.compile(
            "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})", Pattern.CASE_INSENSITIVE);

    private final String text;
    private final @Nullable Instant time;

    private StartPosition(String text, @Nullable Instant time) {
        this.text = text;
        this.time = time;
    }

    /**
     * At the first record that the brokers still have.
     *
     * @return the position
     */
    public static StartPosition earliest() {
        return EARLIEST;
    }

    /**
     * After the last record: only what is written from now on.
     *
     * @return the position
     */
    public static StartPosition latest() {
        return LATEST;
    }

    /**
     * At the first record that bears this time or a later one; where all records are older, after the last. Records bear
     * milliseconds, so the fraction of one is cut off: rather a record more than one less.
     *
     * @param time the time
     * @return the position
     */
    public static StartPosition at(Instant time) {
        return new StartPosition(time.toString(), requireNonNull(time, "time"));
    }

    /**
     * Reads what {@code KAFKA_CONSUMER_START_FROM} takes.
     *
     * @param text a time as in RFC 3339, with up to nine digits of a second ({@code 2026-01-31T08:00:00.5+01:00}), or
     *     {@code earliest} or {@code latest} in any case
     * @return the position
     * @throws ConfigException when the text is none of these
     */
    public static StartPosition parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "earliest" -> EARLIEST;
            case "latest" -> LATEST;
            default -> at(parseTime(text));
        };
    }

    /**
     * Whether this is the first record that the brokers still have.
     *
     * @return true for {@link #earliest()} alone
     */
    public boolean isEarliest() {
        return equals(EARLIEST);
    }

    /**
     * Whether this is after the last record.
     *
     * @return true for {@link #latest()} alone
     */
    public boolean isLatest() {
        return equals(LATEST);
    }

    /**
     * The time, of a position that is one.
     *
     * @return empty for earliest and latest
     */
    public Optional<Instant> time() {
        return Optional.ofNullable(time);
    }

    /**
     * The time as Kafka's look-up by time takes it, of a position that is one. Never negative: to Kafka, negative times
     * have meanings of their own.
     *
     * @return milliseconds since 1970-01-01T00:00:00Z; empty for earliest and latest
     */
    public OptionalLong epochMillis() {
        if (time == null) {
            return OptionalLong.empty();
        }
        if (time.isBefore(KAFKA_BEGIN)) {
            return OptionalLong.of(0);
        }
        return OptionalLong.of(time.isAfter(KAFKA_END) ? Long.MAX_VALUE : time.toEpochMilli());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StartPosition that && text.equals(that.text) && Objects.equals(time, that.time);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return text;
    }

    private static Instant parseTime(String text) {
        if (RFC_3339.matcher(text).matches()) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException impossible) {
                // such as 30 February; reported below, like any other text
            }
        }
        throw new ConfigException("\"" + text
                + "\" is not a time as in RFC 3339 (such as 2026-01-31T08:00:00Z), nor earliest, nor latest");
    }
}
