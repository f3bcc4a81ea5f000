package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ü", "€", "😀"})
    void textWithinTheLimitStaysWhole(String character) {
        String text = character.repeat(1024 / Math.max(1, character.getBytes(UTF_8).length));

        assertThat(HeaderText.bytes(text)).isEqualTo(text.getBytes(UTF_8));
    }

    /** Each width of a character, at each place that the limit can fall on. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "ü", "€", "😀"})
    void longTextIsCutBetweenCharacters(String character) throws CharacterCodingException {
        int width = character.getBytes(UTF_8).length;
        for (int shift = 0; shift < 4; shift++) {
            String text = "-".repeat(shift) + character.repeat(3000);

            byte[] cut = HeaderText.bytes(text);

            assertThat(text).startsWith(decoded(cut));
            assertThat(cut.length).isBetween(1025 - width, 1024);
        }
    }

    @Test
    void halfACharacterIsStillText() throws CharacterCodingException {
        assertThat(decoded(HeaderText.bytes("a\ud83d"))).isEqualTo("a?");
        assertThat(decoded(HeaderText.bytes("\ud83d".repeat(2000)))).isEqualTo("?".repeat(1024));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2147483648L, 1795426996966L, Long.MAX_VALUE / 4, Long.MAX_VALUE})
    void eachNumberIsReadAsWritten(long number) {
        assertThat(HeaderText.number(Long.toString(number))).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 9, 10, 99, 100, 1795426996966L, Long.MAX_VALUE})
    void eachNumberIsWrittenInItsDecimalDigits(long number) {
        assertThat(HeaderText.bytes(number)).isEqualTo(Long.toString(number).getBytes(UTF_8));
    }

    @Test
    void aNumberThatIsTooLargeIsTheLargest() {
        assertThat(HeaderText.number("9223372036854775808")).hasValue(Long.MAX_VALUE);
        assertThat(HeaderText.number("9".repeat(1000))).hasValue(Long.MAX_VALUE);
    }

    @Test
    void whatIsNoNumberIsNone() {
        for (String text : new String[] {"", "-1", "+", "1.0", " 1", "1e3", "٣", "many"}) {
            assertThat(HeaderText.number(text)).as(text).isEmpty();
        }
        assertThat(HeaderText.number(null)).isEmpty();
    }

    /** Strict, unlike {@code new String}. */
    private static String decoded(byte[] bytes) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
