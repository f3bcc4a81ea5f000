package io.mika.record;

import static io.mika.record.FailureField.ATTEMPTS;
import static io.mika.record.FailureField.EXCEPTION;
import static io.mika.record.FailureField.FAILED_AT;
import static io.mika.record.FailureField.NOT_BEFORE;
import static io.mika.record.FailureField.ORG_OFFSET;
import static io.mika.record.FailureField.ORG_PARTITION;
import static io.mika.record.FailureField.ORG_TIMESTAMP;
import static io.mika.record.FailureField.ORG_TOPIC;
import static io.mika.record.FailureField.PARKED_AT;
import static io.mika.record.FailureField.POINTER_OFFSET;
import static io.mika.record.FailureField.POINTER_PARTITION;
import static io.mika.record.FailureField.POINTER_SHA256;
import static io.mika.record.FailureField.POINTER_SIZE;
import static io.mika.record.FailureField.POINTER_TOPIC;
import static io.mika.record.FailureField.REASON;
import static io.mika.record.FailureField.REPLAYS;
import static io.mika.record.FailureField.RETRIES;
import static io.mika.record.FailureField.UNCLAIMED_SINCE;

import io.mika.error.MalformedHeaderException;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of a failed record on each of its ways: to the retry topic, to the dead letter queue and back. A record's
 * own headers, and those of other groups, stay as they are and where they are; none of these functions makes the failure
 * headers grow beyond one of each name.
 *
 * <p>Internal: for the library; no API. Functions without a state: they leave the headers that they are given untouched
 * and return new ones. Groups are named with the global suffix; times are in epoch milliseconds.
 */
public final class FailureHop {
    private static final Set<FailureField> POINTER =
            EnumSet.of(POINTER_TOPIC, POINTER_PARTITION, POINTER_OFFSET, POINTER_SIZE, POINTER_SHA256);

    /** What is over once a handler was given the record, or somebody replays it. */
    private static final Set<FailureField> PASSED = with(POINTER, UNCLAIMED_SINCE, PARKED_AT);

    private static final Set<FailureField> DELAY = EnumSet.of(NOT_BEFORE);

    /** What only tells a story. The rest decides: whose the record is, how many hops and replays it has had. */
    static final Set<FailureField> OPTIONAL = EnumSet.of(ORG_TIMESTAMP, ATTEMPTS, REASON, EXCEPTION, FAILED_AT);

    private FailureHop() {}

    /**
     * A record that failed, on its way to the retry topic: one hop more.
     *
     * @param headers of the record; if a pointer led to it, those of the pointer
     * @param group whose handler failed
     * @param failure what happened
     * @param notBefore when it becomes due; empty for at once
     * @return new headers
     * @throws MalformedHeaderException when {@code retries} is no number: the record's hops are exhausted
     */
    public static Headers toRetry(Headers headers, String group, FailedAttempt failure, OptionalLong notBefore) {
        HeaderEdit edit = failed(headers, group, failure);
        FailureHeaders.incrementRetries(edit, group);
        describe(edit, failure);
        if (notBefore.isPresent()) {
            edit.set(NOT_BEFORE, notBefore.getAsLong());
        } else {
            edit.remove(DELAY);
        }
        return edit.result();
    }

    /**
     * A record that failed, on its way to the dead letter queue: the count of hops stays as it is, also if it is no
     * number.
     *
     * @param headers of the record; if a pointer led to it, those of the pointer
     * @param group whose handler failed
     * @param failure what happened
     * @return new headers
     */
    public static Headers toDlq(Headers headers, String group, FailedAttempt failure) {
        HeaderEdit edit = failed(headers, group, failure);
        edit.remove(DELAY);
        describe(edit, failure);
        return edit.result();
    }

    /**
     * A record that is republished to the retry topic without having been handled: no hop, due when it was.
     *
     * @param headers of the record
     * @param group whose record it is
     * @param now when it is parked
     * @return new headers
     */
    public static Headers park(Headers headers, String group, long now) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        edit.set(PARKED_AT, now);
        return edit.result();
    }

    /**
     * A record without a consumer here, parked for a member that may have one.
     *
     * @param headers of the record
     * @param group whose record it is
     * @param now when it is parked; since then it is unclaimed, unless it has been before
     * @param notBefore when it becomes due, unless that was later already
     * @return new headers
     */
    public static Headers parkUnclaimed(Headers headers, String group, long now, long notBefore) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        long due = HeaderText.number(edit.get(NOT_BEFORE)).orElse(notBefore);
        edit.set(NOT_BEFORE, Math.max(due, notBefore));
        if (HeaderText.number(edit.get(UNCLAIMED_SINCE)).isEmpty()) {
            edit.set(UNCLAIMED_SINCE, now);
        }
        edit.set(PARKED_AT, now);
        return edit.result();
    }

    /**
     * A record that nobody claimed for too long, on its way to the dead letter queue. It says there since when.
     *
     * @param headers of the record
     * @param group whose record it is
     * @return new headers
     */
    public static Headers unclaimedToDlq(Headers headers, String group) {
        return without(headers, group, EnumSet.of(NOT_BEFORE, PARKED_AT));
    }

    /**
     * A record that a handler was given, should it have to be parked: it is unclaimed no more.
     *
     * @param headers of the record
     * @param group whose record it is
     * @return new headers
     */
    public static Headers claimed(Headers headers, String group) {
        return without(headers, group, EnumSet.of(UNCLAIMED_SINCE));
    }

    /**
     * A record from the dead letter queue on its way to the retry topic: due at once, one replay more.
     *
     * @param headers of the record; if a pointer led to it, those of the pointer
     * @param group whose record it is
     * @param retries how many hops it is to have made; empty to leave that as it is
     * @return new headers
     */
    public static Headers replay(Headers headers, String group, OptionalInt retries) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        edit.remove(PASSED);
        edit.remove(DELAY);
        retries.ifPresent(count -> edit.set(RETRIES, count));
        int replays = HeaderText.count(edit.get(REPLAYS)).orElse(0);
        edit.set(REPLAYS, Math.min(replays, Integer.MAX_VALUE - 1) + 1);
        return edit.result();
    }

    /**
     * The headers without what only tells the story of the failures, for a record that is too large with it. Left are the
     * three that the Go client knows, the origin, and what limits replays.
     *
     * @param headers of the record
     * @param group whose record it is
     * @return new headers
     */
    public static Headers withoutOptional(Headers headers, String group) {
        return without(headers, group, OPTIONAL);
    }

    /**
     * The headers of a record that stands for another one, which is too large. The record itself is to have the other
     * one's key, and no value.
     *
     * @param headers that the other one would have in the dead letter queue
     * @param group whose record it is
     * @param pointer where the other one is
     * @return new headers
     */
    public static Headers withPointer(Headers headers, String group, Pointer pointer) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        edit.set(POINTER_TOPIC, pointer.topic());
        edit.set(POINTER_PARTITION, pointer.partition());
        edit.set(POINTER_OFFSET, pointer.offset());
        edit.set(POINTER_SIZE, pointer.size());
        edit.set(POINTER_SHA256, pointer.sha256());
        return edit.result();
    }

    /**
     * The headers of a record that a pointer led to, taken from the pointer.
     *
     * @param headers of the pointer
     * @param group whose record it is
     * @return new headers
     */
    public static Headers withoutPointer(Headers headers, String group) {
        return without(headers, group, POINTER);
    }

    /** Clears what is over, and says once where the record failed first. */
    private static HeaderEdit failed(Headers headers, String group, FailedAttempt failure) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        edit.remove(PASSED);
        boolean first = !edit.has(ORG_TOPIC);
        FailureHeaders.init(edit, failure.origin().topic(), failure.reason().message());
        if (first) {
            edit.set(ORG_PARTITION, failure.origin().partition());
            edit.set(ORG_OFFSET, failure.origin().offset());
            edit.remove(EnumSet.of(ORG_TIMESTAMP));
            if (failure.timestamp() >= 0) {
                edit.set(ORG_TIMESTAMP, failure.timestamp());
            }
        }
        return edit;
    }

    private static void describe(HeaderEdit edit, FailedAttempt failure) {
        edit.set(ATTEMPTS, failure.attempts());
        edit.set(REASON, failure.reason().message());
        String exceptionClass = failure.reason().exceptionClass();
        if (exceptionClass == null) {
            edit.remove(EnumSet.of(EXCEPTION));
        } else {
            edit.set(EXCEPTION, exceptionClass);
        }
        edit.set(FAILED_AT, failure.failedAt());
    }

    private static Headers without(Headers headers, String group, Set<FailureField> fields) {
        HeaderEdit edit = new HeaderEdit(headers, group);
        edit.remove(fields);
        return edit.result();
    }

    private static Set<FailureField> with(Set<FailureField> fields, FailureField... more) {
        Set<FailureField> all = EnumSet.copyOf(fields);
        all.addAll(List.of(more));
        return all;
    }
}
