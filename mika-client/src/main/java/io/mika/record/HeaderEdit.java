package io.mika.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private static final int ABSENT = -1;
    private static final Map<String, Integer> ORDINALS = ordinals();

    /** The full names of one group, which a client needs for each record. <i>Immutable.</i> */
    private record Keys(String group, String prefix, List<String> full) {
        /** Those that were needed last; there is one group in most processes. */
        private static volatile @Nullable Keys latest;

        static Keys ofGroup(String group) {
            Keys known = latest;
            if (known == null || !known.group.equals(group)) {
                String prefix = FailureHeaders.prefix(group);
                known = new Keys(
                        group,
                        prefix,
                        FailureHeaders.NAMES.stream().map(name -> prefix + name).toList());
                latest = known;
            }
            return known;
        }

        String of(int ordinal) {
            return full.get(ordinal);
        }
    }

    private final Keys keys;
    private final String prefix;
    private final List<Header> headers;
    /** Where the last header of each name stands. */
    private final int[] last = new int[ORDINALS.size()];

    HeaderEdit(Headers headers, String group) {
        Header[] all = headers.toArray();
        this.keys = Keys.ofGroup(group);
        this.prefix = keys.prefix();
        this.headers = new ArrayList<>(all.length + last.length);
        this.headers.addAll(Arrays.asList(all));
        locate();
    }

    boolean has(String name) {
        return last[ordinal(name)] != ABSENT;
    }

    /** Null where the header is absent. */
    @Nullable String get(String name) {
        int index = last[ordinal(name)];
        return index == ABSENT ? null : HeaderText.of(headers.get(index).value());
    }

    /** Writes a text, cut to its limit. */
    void set(String name, String value) {
        int ordinal = ordinal(name);
        byte[] bytes = HeaderText.bytes(value);
        if (last[ordinal] == ABSENT) {
            last[ordinal] = headers.size();
            headers.add(new RecordHeader(keys.of(ordinal), bytes));
        } else {
            String key = headers.get(last[ordinal]).key();
            headers.set(last[ordinal], new RecordHeader(key, bytes));
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
        boolean found = false;
        for (String name : names) {
            found |= has(name);
        }
        if (found) {
            headers.removeIf(header -> {
                String name = nameOf(header);
                return name != null && names.contains(name);
            });
            locate();
        }
    }

    Headers result() {
        return new RecordHeaders(headers.toArray(new Header[0]));
    }

    private void locate() {
        Arrays.fill(last, ABSENT);
        for (int index = 0; index < headers.size(); index++) {
            String name = nameOf(headers.get(index));
            if (name != null) {
                last[ordinal(name)] = index;
            }
        }
    }

    /** The name of one of this group's failure headers; null of any other. */
    private @Nullable String nameOf(Header header) {
        return nameOf(header, prefix);
    }

    /** Another group's name may begin with this one's and "_", so the prefix alone does not tell. */
    static @Nullable String nameOf(Header header, String prefix) {
        String key = header.key();
        if (!key.startsWith(prefix)) {
            return null;
        }
        String name = key.substring(prefix.length());
        return ORDINALS.containsKey(name) ? name : null;
    }

    private static int ordinal(String name) {
        return ORDINALS.getOrDefault(name, ABSENT);
    }

    private static Map<String, Integer> ordinals() {
        Map<String, Integer> ordinals = new HashMap<>();
        for (String name : FailureHeaders.NAMES) {
            ordinals.put(name, ordinals.size());
        }
        return ordinals;
    }
}
