package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How failure headers hold text and numbers. Pure functions. */
final class HeaderText {
    /** How many bytes of UTF-8 a text may take. */
    static final int LIMIT = 1024;

    /** The Go client takes a plus sign too, and like this no digits of other scripts. */
    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]+");

    private HeaderText() {}

    /** As the Go client reads a header without a value. */
    static String of(byte @Nullable [] value) {
        return value == null ? "" : new String(value, UTF_8);
    }

    /** At most the limit's bytes, in whole characters. */
    static byte[] bytes(String text) {
        // A character takes a byte at least, so what is further behind need not be encoded.
        byte[] bytes = text.substring(0, Math.min(text.length(), LIMIT + 1)).getBytes(UTF_8);
        if (bytes.length <= LIMIT) {
            return bytes;
        }
        int end = LIMIT;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** Its decimal digits. */
    static byte[] bytes(long number) {
        if (number < 0) {
            return Long.toString(number).getBytes(UTF_8);
        }
        byte[] digits = new byte[decimalDigits(number)];
        int at = digits.length;
        long rest = number;
        for (; rest > Integer.MAX_VALUE; rest /= 10) {
            digits[--at] = (byte) ('0' + rest % 10);
        }
        for (int small = (int) rest; at > 0; small /= 10) { // int arithmetic takes half of the time
            digits[--at] = (byte) ('0' + small % 10);
        }
        return digits;
    }

    private static int decimalDigits(long number) {
        int count = 1;
        for (long power = 10; count < 19 && number >= power; power *= 10) { // the largest has 19
            count++;
        }
        return count;
    }

    /**
     * A whole number that is not negative; empty for any other text and for none. One that is too large is the largest:
     * a time so far away must not become none, which is at once.
     */
    static OptionalLong number(@Nullable String text) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException tooLarge) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
    }

    /** What counts from zero. No text is zero, as in the Go client; empty for one that is no such number. */
    static OptionalInt count(@Nullable String text) {
        OptionalLong number = text == null ? OptionalLong.of(0) : number(text);
        return number.isEmpty() || number.getAsLong() > Integer.MAX_VALUE
                ? OptionalInt.empty()
                : OptionalInt.of((int) number.getAsLong());
    }
}
