package io.mika.record;

import java.util.Arrays;

/** Bits in a row, the first one highest in the first byte. <i>Not thread-safe.</i> */
final class BitWriter {
    private byte[] bytes = new byte[64];
    private int bits;

    void bit(boolean one) {
        if (bits == bytes.length * 8) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        if (one) {
            bytes[bits >> 3] |= (byte) (0x80 >> (bits & 7));
        }
        bits++;
    }

    /** A number above zero in Elias's gamma code: short if it is small, without a bound. */
    void gamma(long number) {
        int more = 63 - Long.numberOfLeadingZeros(number);
        for (int i = 0; i < more; i++) {
            bit(false);
        }
        for (int i = more; i >= 0; i--) {
            bit((number >> i & 1) != 0);
        }
    }

    static int gammaBits(long number) {
        return 2 * (63 - Long.numberOfLeadingZeros(number)) + 1;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, (bits + 7) / 8);
    }
}
