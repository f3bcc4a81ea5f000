package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mika.error.MalformedHeaderException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Typed access to the headers of any record: strings and whole numbers, both as UTF-8 text. Of several headers with one
 * name the last counts, and is the one replaced; all others keep their place. A header without a value counts as absent.
 *
 * <p>Functions without a state; thread-safe as far as the headers are. Those that write throw an {@link
 * IllegalStateException} when the headers are read-only, as those of a record already sent.
 */
public final class HeaderValues {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");

    private HeaderValues() {}

    /**
     * Reads a header as text.
     *
     * @param headers where to look
     * @param name the header's name
     * @return the last of that name; bytes that are no UTF-8 come as U+FFFD
     */
    public static Optional<String> get(Headers headers, String name) {
        Header last = headers.lastHeader(name);
        return last == null || last.value() == null ? Optional.empty() : Optional.of(new String(last.value(), UTF_8));
    }

    /**
     * Reads a header as a whole number.
     *
     * @param headers where to look
     * @param name the header's name
     * @return the last of that name
     * @throws MalformedHeaderException when its text is no whole number between -2147483648 and 2147483647
     */
    public static OptionalInt getInt(Headers headers, String name) {
        Optional<String> text = get(headers, name);
        return text.isPresent() ? OptionalInt.of(parse(name, text.get())) : OptionalInt.empty();
    }

    /**
     * Writes a header: in the place of the last of that name, or at the end.
     *
     * @param headers where to write
     * @param name the header's name
     * @param value its new text
     */
    public static void set(Headers headers, String name, String value) {
        Header header = new RecordHeader(name, value.getBytes(UTF_8));
        Header[] all = headers.toArray();
        int last = lastIndex(all, name);
        if (last < 0) {
            headers.add(header);
            return;
        }
        // Kafka's Headers can only append: what follows the replaced one is taken out and put back.
        all[last] = header;
        for (Header each : all) {
            headers.remove(each.key());
        }
        for (Header each : all) {
            headers.add(each);
        }
    }

    /**
     * Writes a header as decimal text: in the place of the last of that name, or at the end.
     *
     * @param headers where to write
     * @param name the header's name
     * @param value its new number
     */
    public static void set(Headers headers, String name, int value) {
        set(headers, name, Integer.toString(value));
    }

    /**
     * Reads a header as text, and writes it first where it is absent.
     *
     * @param headers where to look and write
     * @param name the header's name
     * @param value its text, should it be absent
     * @return what the header holds now
     */
    public static String getOrSet(Headers headers, String name, String value) {
        Optional<String> present = get(headers, name);
        if (present.isEmpty()) {
            set(headers, name, value);
        }
        return present.orElse(value);
    }

    /**
     * Reads a header as a whole number, and writes it first where it is absent.
     *
     * @param headers where to look and write
     * @param name the header's name
     * @param value its number, should it be absent
     * @return what the header holds now
     * @throws MalformedHeaderException when it is there and its text is no whole number; it is left as it is
     */
    public static int getOrSet(Headers headers, String name, int value) {
        OptionalInt present = getInt(headers, name);
        if (present.isEmpty()) {
            set(headers, name, value);
        }
        return present.orElse(value);
    }

    private static int parse(String name, String text) {
        // Integer.parseInt would also take the digits of other scripts, which the Go client does not.
        if (WHOLE_NUMBER.matcher(text).matches()) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException tooLarge) {
                // reported below, like any other text
            }
        }
        throw new MalformedHeaderException(name, text, "a whole number between -2147483648 and 2147483647");
    }

    private static int lastIndex(Header[] all, String name) {
        for (int index = all.length - 1; index >= 0; index--) {
            if (all[index].key().equals(name)) {
                return index;
            }
        }
        return -1;
    }
}
