package io.mika.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a record's headers in which one group's failure headers are written: the last of a name is replaced where it
 * stands, a new one is appended. All others stay the objects they were. <i>For one thread.</i>
 */
final class HeaderEdit {
    private final String prefix;
    private final List<Header> headers;

    HeaderEdit(Headers headers, String group) {
        Header[] all = headers.toArray();
        this.prefix = FailureHeaders.prefix(group);
        this.headers = new ArrayList<>(all.length + FailureHeaders.NAMES.size());
        this.headers.addAll(Arrays.asList(all));
    }

    boolean has(String name) {
        return lastIndex(name) >= 0;
    }

    /** Null where the header is absent. */
    @Nullable String get(String name) {
        int index = lastIndex(name);
        return index < 0 ? null : HeaderText.of(headers.get(index).value());
    }

    /** Writes a text, cut to its limit. */
    void set(String name, String value) {
        int index = lastIndex(name);
        byte[] bytes = HeaderText.bytes(value);
        if (index < 0) {
            headers.add(new RecordHeader(prefix + name, bytes));
        } else {
            headers.set(index, new RecordHeader(headers.get(index).key(), bytes));
        }
    }

    void set(String name, long value) {
        set(name, Long.toString(value));
    }

    void setIfAbsent(String name, String value) {
        if (!has(name)) {
            set(name, value);
        }
    }

    /** Takes out all headers of these names: an earlier one must not come to count. */
    void remove(Set<String> names) {
        headers.removeIf(header ->
                header.key().startsWith(prefix) && names.contains(header.key().substring(prefix.length())));
    }

    Headers result() {
        return new RecordHeaders(headers.toArray(new Header[0]));
    }

    private int lastIndex(String name) {
        for (int index = headers.size() - 1; index >= 0; index--) {
            String key = headers.get(index).key();
            if (key.length() == prefix.length() + name.length() && key.endsWith(name) && key.startsWith(prefix)) {
                return index;
            }
        }
        return -1;
    }
}
