package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mika.error.MalformedHeaderException;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderValuesTest {
    private final Headers headers = new RecordHeaders();

    @Test
    void anAbsentHeaderIsEmpty() {
        assertThat(HeaderValues.get(headers, "x")).isEmpty();
        assertThat(HeaderValues.getInt(headers, "x")).isEmpty();
    }

    @Test
    void aHeaderWithoutAValueIsEmpty() {
        headers.add("x", null);

        assertThat(HeaderValues.get(headers, "x")).isEmpty();
        assertThat(HeaderValues.getInt(headers, "x")).isEmpty();
    }

    @Test
    void theLastOfANameCounts() {
        add("x=1", "y=7", "x=2");

        assertThat(HeaderValues.get(headers, "x")).contains("2");
        assertThat(HeaderValues.getInt(headers, "x")).hasValue(2);
    }

    @Test
    void textIsUtf8() {
        HeaderValues.set(headers, "x", "ü😀");

        assertThat(headers.lastHeader("x").value()).isEqualTo("ü😀".getBytes(UTF_8));
        assertThat(HeaderValues.get(headers, "x")).contains("ü😀");
    }

    @Test
    void numbersAreDecimalText() {
        HeaderValues.set(headers, "x", -17);

        assertThat(shown()).containsExactly("x=-17");
        assertThat(HeaderValues.getInt(headers, "x")).hasValue(-17);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE})
    void eachNumberIsReadAsWritten(int number) {
        HeaderValues.set(headers, "x", number);

        assertThat(HeaderValues.getInt(headers, "x")).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "1 ", "one", "1.0", "0x1", "2147483648", "-2147483649", "٣", "+", "1_000"})
    void whatIsNoNumberIsMalformed(String text) {
        add("x=" + text);

        assertThatExceptionOfType(MalformedHeaderException.class)
                .isThrownBy(() -> HeaderValues.getInt(headers, "x"))
                .withMessage("header x: \"" + text + "\" is not a whole number between -2147483648 and 2147483647");
    }

    @Test
    void aNewHeaderComesLast() {
        add("a=1", "b=2");

        HeaderValues.set(headers, "x", "3");

        assertThat(shown()).containsExactly("a=1", "b=2", "x=3");
    }

    @Test
    void theLastOfANameIsReplacedInItsPlace() {
        add("a=1", "x=1", "x=2", "b=2", "a=3");

        HeaderValues.set(headers, "x", "9");

        assertThat(shown()).containsExactly("a=1", "x=1", "x=9", "b=2", "a=3");
    }

    @Test
    void headersWithoutAValueSurviveAReplacement() {
        add("x=1");
        headers.add("nullish", null);
        add("b=2");

        HeaderValues.set(headers, "x", "9");

        assertThat(shown()).containsExactly("x=9", "nullish=null", "b=2");
    }

    @Test
    void getOrSetWritesWhatIsAbsent() {
        assertThat(HeaderValues.getOrSet(headers, "x", "first")).isEqualTo("first");
        assertThat(HeaderValues.getOrSet(headers, "x", "second")).isEqualTo("first");
        assertThat(HeaderValues.getOrSet(headers, "n", 1)).isEqualTo(1);
        assertThat(HeaderValues.getOrSet(headers, "n", 2)).isEqualTo(1);
        assertThat(shown()).containsExactly("x=first", "n=1");
    }

    @Test
    void getOrSetFillsAHeaderWithoutAValue() {
        headers.add("x", null);
        add("b=2");

        assertThat(HeaderValues.getOrSet(headers, "x", "first")).isEqualTo("first");
        assertThat(shown()).containsExactly("x=first", "b=2");
    }

    @Test
    void getOrSetLeavesAMalformedNumberAsItIs() {
        add("n=many");

        assertThatExceptionOfType(MalformedHeaderException.class)
                .isThrownBy(() -> HeaderValues.getOrSet(headers, "n", 1));
        assertThat(shown()).containsExactly("n=many");
    }

    @Test
    void readOnlyHeadersAreLeftAsTheyAre() {
        add("x=1");
        ((RecordHeaders) headers).setReadOnly();

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> HeaderValues.set(headers, "x", "2"));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> HeaderValues.set(headers, "y", "2"));
        assertThat(shown()).containsExactly("x=1");
    }

    private void add(String... namesAndValues) {
        for (String each : namesAndValues) {
            int equals = each.indexOf('=');
            headers.add(each.substring(0, equals), each.substring(equals + 1).getBytes(UTF_8));
        }
    }

    private List<String> shown() {
        return Arrays.stream(headers.toArray())
                .map(each -> each.key() + "=" + (each.value() == null ? "null" : new String(each.value(), UTF_8)))
                .toList();
    }
}
