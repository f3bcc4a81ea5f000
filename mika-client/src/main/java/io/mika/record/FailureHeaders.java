package io.mika.record;

import io.mika.error.MalformedHeaderException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a failed record say about its failures in one consumer group. Each group writes headers of its
 * own, {@code mika_err_<group>_<name>}, so a record that two groups failed keeps two states. Names of groups and topics
 * are those on the wire, with the global suffix.
 *
 * <p>The Go client knows {@link #ORG_TOPIC}, {@link #MSG} and {@link #RETRIES}, and passes the others on as they are. Of
 * several headers with one name the last counts; one without a value is as one with an empty text. Numbers and times are
 * decimal text, times in epoch milliseconds; other than in {@link #RETRIES}, text that is no number counts as absent.
 *
 * <p><i>Immutable</i>: a copy of what the headers held. The functions are pure: they leave the headers that they are
 * given untouched and return new ones.
 */
public final class FailureHeaders {
    /** Topic on which the record first failed. Its presence says that the record is the group's. Written once. */
    public static final String ORG_TOPIC = "org_topic";
    /** Message of the first failure. Written once. */
    public static final String MSG = "msg";
    /** How many hops through the retry topic the record has made. */
    public static final String RETRIES = "retries";
    /** Partition of {@link #ORG_TOPIC} where the record first failed. Only written together with that. */
    public static final String ORG_PARTITION = "org_partition";
    /** Offset in {@link #ORG_PARTITION}. Only written together with {@link #ORG_TOPIC}. */
    public static final String ORG_OFFSET = "org_offset";
    /** Timestamp that the record had there. Only written together with {@link #ORG_TOPIC}. */
    public static final String ORG_TIMESTAMP = "org_timestamp";
    /** How often a handler was given the record, over in-place retries and hops. */
    public static final String ATTEMPTS = "attempts";
    /** Message of the latest failure. */
    public static final String REASON = "reason";
    /** Class of the latest failure's exception; absent if it was given as text. */
    public static final String EXCEPTION = "exception";
    /** When the record failed last. */
    public static final String FAILED_AT = "failed_at";
    /** When a record in the retry topic becomes due; absent if at once. */
    public static final String NOT_BEFORE = "not_before";
    /** How often the record was replayed from the dead letter queue. */
    public static final String REPLAYS = "replays";
    /** Since when no member had a consumer for the record. Written once per such period. */
    public static final String UNCLAIMED_SINCE = "unclaimed_since";
    /** When the record was last republished to the retry topic without having been handled. */
    public static final String PARKED_AT = "parked_at";
    /** Topic of the record that a pointer in the dead letter queue stands for. */
    public static final String POINTER_TOPIC = "pointer_topic";
    /** Its partition. */
    public static final String POINTER_PARTITION = "pointer_partition";
    /** Its offset. */
    public static final String POINTER_OFFSET = "pointer_offset";
    /** How many bytes its value has. */
    public static final String POINTER_SIZE = "pointer_size";
    /** SHA-256 of its value, as 64 hexadecimal digits. */
    public static final String POINTER_SHA256 = "pointer_sha256";

    /** All names, in the order in which they are appended to a record. */
    static final List<String> NAMES = FailureField.headers();

    /** What is written, and read, where nobody said why a record failed. */
    static final String UNKNOWN = "unknown";

    private final String group;
    private final Map<String, String> fields;

    private FailureHeaders(String group, Map<String, String> fields) {
        this.group = group;
        this.fields = fields;
    }

    /**
     * The full name of a header.
     *
     * @param name one of this class's constants
     * @param group the consumer group, with the global suffix
     * @return {@code mika_err_<group>_<name>}
     */
    public static String key(String name, String group) {
        return "mika_err_" + group + "_" + name;
    }

    /** What the full names of a group's headers begin with. */
    static String prefix(String group) {
        return "mika_err_" + group + "_";
    }

    /**
     * Whether a record in a retry topic or dead letter queue belongs to a group: whether it bears the group's {@link
     * #ORG_TOPIC}. No value is decoded.
     *
     * @param headers of the record
     * @param group the consumer group, with the global suffix
     * @return false if it is another group's, or nobody's
     */
    public static boolean owns(Headers headers, String group) {
        return headers.lastHeader(HeaderEdit.key(FailureField.ORG_TOPIC, group)) != null;
    }

    /**
     * Reads what the headers say about one group's failures.
     *
     * @param headers of any record
     * @param group the consumer group, with the global suffix
     * @return empty if the group {@linkplain #owns does not own} the record
     */
    public static Optional<FailureHeaders> read(Headers headers, String group) {
        String prefix = prefix(group);
        Map<String, String> fields = new HashMap<>();
        for (Header header : headers) {
            FailureField field = HeaderEdit.fieldOf(header, prefix);
            if (field != null) {
                fields.put(field.header(), HeaderText.of(header.value()));
            }
        }
        return fields.containsKey(ORG_TOPIC) ? Optional.of(new FailureHeaders(group, fields)) : Optional.empty();
    }

    /**
     * Marks a record as failed, for use by hand: writes {@link #ORG_TOPIC}, {@link #MSG} and {@link #RETRIES} (zero),
     * each only if it is absent.
     *
     * @param headers of any record; left untouched
     * @param group the consumer group, with the global suffix
     * @param topic where the record failed, with the global suffix
     * @param message why; cut at 1 KiB of UTF-8
     * @return new headers
     */
    public static Headers init(Headers headers, String group, String topic, String message) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        init(edit, topic, message);
        return edit.result();
    }

    /** As {@link #init(Headers, String, String, String)}. */
    static void init(HeaderEdit edit, String topic, String message) {
        edit.setIfAbsent(FailureField.ORG_TOPIC, topic);
        edit.setIfAbsent(FailureField.MSG, message);
        edit.setIfAbsent(FailureField.RETRIES, "0");
    }

    /**
     * Counts one more hop through the retry topic, for use by hand.
     *
     * @param headers of any record; left untouched
     * @param group the consumer group, with the global suffix
     * @return new headers, with {@link #RETRIES} one higher (absent counts as zero), but no higher than 2147483647
     * @throws MalformedHeaderException when {@link #RETRIES} is no whole number from 0 to 2147483647
     */
    public static Headers incrementRetries(Headers headers, String group) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        incrementRetries(edit, group);
        return edit.result();
    }

    /** As {@link #incrementRetries(Headers, String)}. */
    static void incrementRetries(HeaderEdit edit, String group) {
        String text = edit.get(FailureField.RETRIES);
        int retries = HeaderText.count(text).orElseThrow(() -> malformedRetries(group, text));
        edit.set(FailureField.RETRIES, Math.min(retries, Integer.MAX_VALUE - 1) + 1);
    }

    /**
     * The group that these headers belong to.
     *
     * @return with the global suffix
     */
    public String group() {
        return group;
    }

    /**
     * The topic on which the record first failed: that of the consumer it belongs to.
     *
     * @return with the global suffix; empty if the header bears no text
     */
    public String originalTopic() {
        return get(ORG_TOPIC).orElse("");
    }

    /**
     * Why the record failed first. What the Go client writes begins with {@code retryable: } if the failure was.
     *
     * @return "unknown" if the header is missing
     */
    public String message() {
        return get(MSG).orElse(UNKNOWN);
    }

    /**
     * How many hops through the retry topic the record has made.
     *
     * @return empty if the header is no whole number from 0 to 2147483647: such a record makes no further hop
     */
    public OptionalInt retries() {
        return HeaderText.count(fields.get(RETRIES));
    }

    /**
     * What is wrong with {@link #RETRIES}.
     *
     * @return empty if nothing is
     */
    public Optional<MalformedHeaderException> malformedRetries() {
        return retries().isPresent() ? Optional.empty() : Optional.of(malformedRetries(group, fields.get(RETRIES)));
    }

    /**
     * Where the record first failed, which is where it first appeared.
     *
     * @return with the topic's name on the wire; empty if a Go client failed the record first
     */
    public Optional<Origin> origin() {
        OptionalInt partition = number(ORG_PARTITION);
        OptionalLong offset = longNumber(ORG_OFFSET);
        return partition.isPresent() && offset.isPresent()
                ? Optional.of(new Origin(originalTopic(), partition.getAsInt(), offset.getAsLong()))
                : Optional.empty();
    }

    /**
     * The timestamp that the record had before it failed.
     *
     * @return empty if it is not known, as when a Go client failed the record first
     */
    public Optional<Instant> originalTimestamp() {
        return time(ORG_TIMESTAMP);
    }

    /**
     * How often handlers were given the record, as far as it is known. The Go client does not count, so at least once,
     * and at least as often as it hopped.
     *
     * @return from 1
     */
    public int attempts() {
        return Math.max(Math.max(1, number(ATTEMPTS).orElse(0)), retries().orElse(0));
    }

    /**
     * Why the record failed last, as far as it is known: the Go client does not note it.
     *
     * @return as {@link #message()} if no later failure is noted
     */
    public String reason() {
        return get(REASON).orElseGet(this::message);
    }

    /**
     * The class of the exception that the record failed with last.
     *
     * @return empty if a Go client failed it, or the reason was given as text
     */
    public Optional<String> exceptionClass() {
        return get(EXCEPTION);
    }

    /**
     * When the record failed last.
     *
     * @return empty if a Go client alone failed it
     */
    public Optional<Instant> failedAt() {
        return time(FAILED_AT);
    }

    /**
     * When the record becomes due.
     *
     * @return empty if at once
     */
    public Optional<Instant> notBefore() {
        return time(NOT_BEFORE);
    }

    /**
     * How often the record was replayed from the dead letter queue.
     *
     * @return from 0
     */
    public int replays() {
        return number(REPLAYS).orElse(0);
    }

    /**
     * Since when no member of the group had a consumer for the record.
     *
     * @return empty if one has
     */
    public Optional<Instant> unclaimedSince() {
        return time(UNCLAIMED_SINCE);
    }

    /**
     * When the record was last republished to the retry topic without having been handled.
     *
     * @return empty if it was not
     */
    public Optional<Instant> parkedAt() {
        return time(PARKED_AT);
    }

    /**
     * Whether the record stands for another one, which was too large for the dead letter queue. Its own value is null
     * then, and means nothing.
     *
     * @return true also if {@link #pointer()} cannot tell where the other one is
     */
    public boolean isPointer() {
        return fields.containsKey(POINTER_TOPIC);
    }

    /**
     * Where the record is that this one stands for.
     *
     * @return empty if this is no pointer, or one whose headers are not whole
     */
    public Optional<Pointer> pointer() {
        OptionalInt partition = number(POINTER_PARTITION);
        OptionalLong offset = longNumber(POINTER_OFFSET);
        OptionalInt size = number(POINTER_SIZE);
        String sha256 = fields.get(POINTER_SHA256);
        if (!isPointer() || partition.isEmpty() || offset.isEmpty() || size.isEmpty() || sha256 == null) {
            return Optional.empty();
        }
        return Optional.of(new Pointer(
                get(POINTER_TOPIC).orElse(""), partition.getAsInt(), offset.getAsLong(), size.getAsInt(), sha256));
    }

    /** The same group and the same text in each header. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FailureHeaders that && group.equals(that.group) && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return group.hashCode() + 31 * fields.hashCode();
    }

    /** The headers that there are, without the prefix. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("FailureHeaders[group=").append(group);
        for (String name : NAMES) {
            get(name)
                    .ifPresent(
                            value -> text.append(", ").append(name).append('=').append(value));
        }
        return text.append(']').toString();
    }

    private Optional<String> get(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    private OptionalInt number(String name) {
        String text = fields.get(name);
        return text == null ? OptionalInt.empty() : HeaderText.count(text);
    }

    private OptionalLong longNumber(String name) {
        return HeaderText.number(fields.get(name));
    }

    private Optional<Instant> time(String name) {
        OptionalLong millis = longNumber(name);
        return millis.isPresent() ? Optional.of(Instant.ofEpochMilli(millis.getAsLong())) : Optional.empty();
    }

    private static MalformedHeaderException malformedRetries(String group, @Nullable String text) {
        return new MalformedHeaderException(
                key(RETRIES, group), text == null ? "" : text, "a whole number from 0 to " + Integer.MAX_VALUE);
    }
}
