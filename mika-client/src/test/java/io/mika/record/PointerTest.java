package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PointerTest {
    @Test
    void aPointerKnowsSizeAndHash() {
        assertThat(Pointer.to("orders", 3, 42, "abc".getBytes(UTF_8)))
                .isEqualTo(new Pointer(
                        "orders", 3, 42, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    @Test
    void onlyTheSameValueMatches() {
        Pointer pointer = Pointer.to("orders", 3, 42, "abc".getBytes(UTF_8));

        assertThat(pointer.matches("abc".getBytes(UTF_8))).isTrue();
        assertThat(pointer.matches("abd".getBytes(UTF_8))).isFalse();
        assertThat(pointer.matches("abcd".getBytes(UTF_8))).isFalse();
        assertThat(pointer.matches(null)).isFalse();
        assertThat(Pointer.to("orders", 3, 42, null).matches(null)).isTrue();
    }
}
