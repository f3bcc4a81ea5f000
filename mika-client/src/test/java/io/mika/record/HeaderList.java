package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Headers as a test writes and compares them: {@code name=text}, or a name alone for one without a value. */
final class HeaderList {
    private HeaderList() {}

    static Headers of(String... headers) {
        Headers all = new RecordHeaders();
        for (String each : headers) {
            int equals = each.indexOf('=');
            if (equals < 0) {
                all.add(each, null);
            } else {
                all.add(each.substring(0, equals), each.substring(equals + 1).getBytes(UTF_8));
            }
        }
        return all;
    }

    /** Names of failure headers of the group g are shown without their prefix, behind a colon. */
    static List<String> shown(Headers headers) {
        return Arrays.stream(headers.toArray()).map(HeaderList::shown).toList();
    }

    /** The same headers with {@code :name} for a failure header of the group g. */
    static Headers ofGroup(String... headers) {
        return of(Arrays.stream(headers)
                .map(each -> each.startsWith(":") ? "mika_err_g_" + each.substring(1) : each)
                .toArray(String[]::new));
    }

    private static String shown(Header header) {
        String name = header.key().replaceFirst("^mika_err_g_", ":");
        return header.value() == null ? name : name + "=" + new String(header.value(), UTF_8);
    }
}
