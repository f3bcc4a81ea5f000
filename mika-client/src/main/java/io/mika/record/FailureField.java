package io.mika.record;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The failure headers of a group, in the order in which they are appended to a record. */
enum FailureField {
    ORG_TOPIC(FailureHeaders.ORG_TOPIC),
    MSG(FailureHeaders.MSG),
    RETRIES(FailureHeaders.RETRIES),
    ORG_PARTITION(FailureHeaders.ORG_PARTITION),
    ORG_OFFSET(FailureHeaders.ORG_OFFSET),
    ORG_TIMESTAMP(FailureHeaders.ORG_TIMESTAMP),
    ATTEMPTS(FailureHeaders.ATTEMPTS),
    REASON(FailureHeaders.REASON),
    EXCEPTION(FailureHeaders.EXCEPTION),
    FAILED_AT(FailureHeaders.FAILED_AT),
    NOT_BEFORE(FailureHeaders.NOT_BEFORE),
    REPLAYS(FailureHeaders.REPLAYS),
    UNCLAIMED_SINCE(FailureHeaders.UNCLAIMED_SINCE),
    PARKED_AT(FailureHeaders.PARKED_AT),
    POINTER_TOPIC(FailureHeaders.POINTER_TOPIC),
    POINTER_PARTITION(FailureHeaders.POINTER_PARTITION),
    POINTER_OFFSET(FailureHeaders.POINTER_OFFSET),
    POINTER_SIZE(FailureHeaders.POINTER_SIZE),
    POINTER_SHA256(FailureHeaders.POINTER_SHA256);

    private static final Map<String, FailureField> BY_NAME = byName();

    private final String header;

    FailureField(String header) {
        this.header = header;
    }

    /** Its name behind the group's prefix. */
    String header() {
        return header;
    }

    /** Null for what is no failure header. */
    static @Nullable FailureField of(String header) {
        return BY_NAME.get(header);
    }

    static List<String> headers() {
        return Stream.of(values()).map(FailureField::header).toList();
    }

    private static Map<String, FailureField> byName() {
        Map<String, FailureField> fields = new HashMap<>();
        for (FailureField field : values()) {
            fields.put(field.header, field);
        }
        return fields;
    }
}
