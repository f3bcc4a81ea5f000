package io.mika.simulation;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What a record in the retry topic or the dead letter queue says of its failures: the group's headers. <i>Immutable.</i> */
final class Copy {
    static final String PREFIX = "mika_err_" + World.GROUP + "_";

    private final Map<String, String> fields;
    /** A header comes twice: it grew with a hop. */
    private final boolean grown;

    private Copy(Map<String, String> fields, boolean grown) {
        this.fields = fields;
        this.grown = grown;
    }

    /** Null for another group's record, or one that never failed. */
    static @Nullable Copy read(Headers headers) {
        Map<String, String> fields = new HashMap<>();
        boolean grown = false;
        for (Header header : headers) {
            if (header.key().startsWith(PREFIX)) {
                String text = header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
                grown |= fields.put(header.key().substring(PREFIX.length()), text) != null;
            }
        }
        return fields.containsKey("org_topic") ? new Copy(fields, grown) : null;
    }

    boolean isGrown() {
        return grown;
    }

    @Nullable String get(String name) {
        return fields.get(name);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    long number(String name, long absent) {
        String text = fields.get(name);
        return text == null ? absent : Long.parseLong(text);
    }

    String topic() {
        return fields.getOrDefault("org_topic", "");
    }

    int retries() {
        return (int) number("retries", 0);
    }

    int replays() {
        return (int) number("replays", 0);
    }

    /** How often a handler was given it, as far as the headers tell. */
    int attempts() {
        return (int) Math.max(Math.max(1, number("attempts", 0)), retries());
    }

    /** Epoch milliseconds; 0 for at once. */
    long notBefore() {
        return number("not_before", 0);
    }

    /** Of the latest failure; null where the headers were too large to tell it. */
    @Nullable String reason() {
        return fields.get("reason");
    }

    boolean isPointer() {
        return fields.containsKey("pointer_topic");
    }

    /** Written anew without a handler in between. */
    boolean isParked() {
        return fields.containsKey("parked_at");
    }

    /** Whether the first failure is the same: it is told once, and never changes. */
    boolean isSameAtFirst(Copy earlier) {
        return topic().equals(earlier.topic())
                && same(earlier, "msg")
                && same(earlier, "org_partition")
                && same(earlier, "org_offset")
                && (!has("org_timestamp") || !earlier.has("org_timestamp") || same(earlier, "org_timestamp"));
    }

    /** Whether the latest failure is the same: no handler came in between. */
    boolean isSameAtLast(Copy earlier) {
        return same(earlier, "reason") && same(earlier, "failed_at") && same(earlier, "attempts");
    }

    private boolean same(Copy other, String name) {
        return Objects.equals(fields.get(name), other.fields.get(name));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(topic()).append(" retries ").append(retries());
        for (String name : new String[] {"reason", "not_before", "unclaimed_since", "parked_at", "replays"}) {
            if (has(name)) {
                text.append(' ').append(name).append(' ').append(get(name));
            }
        }
        return isPointer() ? text.append(" pointer").toString() : text.toString();
    }
}
