package io.mika.record;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a record's headers in which one group's failure headers are written: the last of a name is replaced where it
 * stands, a new one is appended. All others stay the objects they were. <i>For one thread.</i>
 */
@SuppressWarnings("EnumOrdinal") // an index into arrays that live no longer than the process
final class HeaderEdit {
    private static final int ABSENT = -1;
    /** What a first failure appends, and its delay: room for that is made at once. */
    private static final int APPENDED = 11;

    /** The names that were needed last; there is one group in most processes. */
    private static volatile @Nullable Keys latest;

    /** The full names of one group, which a client needs for each record. <i>Immutable.</i> */
    private record Keys(String group, String prefix, List<String> full) {
        String of(FailureField field) {
            return full.get(field.ordinal());
        }
    }

    private final Keys keys;
    private Header[] headers;
    private int size;
    /** Where the last header of each field stands. */
    private final int[] last = new int[FailureField.values().length];
    /** Whether it bears any of them: most records that fail are without. */
    private boolean bearsAny;

    HeaderEdit(Headers headers, String group) {
        Header[] all = headers.toArray();
        this.keys = keys(group);
        this.headers = Arrays.copyOf(all, all.length + APPENDED);
        this.size = all.length;
        locate();
    }

    /** The full name of a field; made anew only where another group's were needed last. */
    static String key(FailureField field, String group) {
        Keys known = latest;
        return known != null && known.group().equals(group)
                ? known.of(field)
                : FailureHeaders.key(field.header(), group);
    }

    private static Keys keys(String group) {
        Keys known = latest;
        if (known == null || !known.group().equals(group)) {
            String prefix = FailureHeaders.prefix(group);
            known = new Keys(
                    group,
                    prefix,
                    Stream.of(FailureField.values())
                            .map(field -> prefix + field.header())
                            .toList());
            latest = known;
        }
        return known;
    }

    boolean has(FailureField field) {
        return last[field.ordinal()] != ABSENT;
    }

    /** Null where the header is absent. */
    @Nullable String get(FailureField field) {
        int index = last[field.ordinal()];
        return index == ABSENT ? null : HeaderText.of(headers[index].value());
    }

    /** Writes a text, cut to its limit. */
    void set(FailureField field, String value) {
        set(field, HeaderText.bytes(value));
    }

    void set(FailureField field, long value) {
        set(field, HeaderText.bytes(value));
    }

    void setIfAbsent(FailureField field, String value) {
        if (!has(field)) {
            set(field, value);
        }
    }

    private void set(FailureField field, byte[] value) {
        int index = last[field.ordinal()];
        if (index == ABSENT) {
            append(field, value);
        } else {
            headers[index] = new RecordHeader(headers[index].key(), value);
        }
    }

    private void append(FailureField field, byte[] value) {
        if (size == headers.length) {
            headers = Arrays.copyOf(headers, size + APPENDED);
        }
        last[field.ordinal()] = size;
        bearsAny = true;
        headers[size++] = new RecordHeader(keys.of(field), value);
    }

    /** Takes out all headers of these fields: an earlier one must not come to count. */
    void remove(Set<FailureField> fields) {
        if (!bearsAny || !hasAny(fields)) {
            return;
        }
        int kept = 0;
        for (int index = 0; index < size; index++) {
            FailureField field = fieldOf(headers[index], keys.prefix());
            if (field == null || !fields.contains(field)) {
                headers[kept++] = headers[index];
            }
        }
        size = kept;
        locate();
    }

    private boolean hasAny(Set<FailureField> fields) {
        for (FailureField field : fields) {
            if (has(field)) {
                return true;
            }
        }
        return false;
    }

    Headers result() {
        return new RecordHeaders(Arrays.copyOf(headers, size));
    }

    private void locate() {
        Arrays.fill(last, ABSENT);
        bearsAny = false;
        for (int index = 0; index < size; index++) {
            FailureField field = fieldOf(headers[index], keys.prefix());
            if (field != null) {
                last[field.ordinal()] = index;
                bearsAny = true;
            }
        }
    }

    /**
     * Which of a group's failure headers it is; null for any other. Another group's name may begin with this one's and
     * "_", so the prefix alone does not tell.
     */
    static @Nullable FailureField fieldOf(Header header, String prefix) {
        String key = header.key();
        return key.startsWith(prefix) ? FailureField.of(key.substring(prefix.length())) : null;
    }
}
