package io.mika.record;

/** What a {@link BitWriter} wrote. <i>Not thread-safe.</i> */
final class BitReader {
    private final byte[] bytes;
    private int at;

    BitReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** How many bits there are still, up to seven of them for nothing. */
    int left() {
        return bytes.length * 8 - at;
    }

    /** @throws IllegalArgumentException behind the end */
    boolean bit() {
        if (left() == 0) {
            throw new IllegalArgumentException("the bits end early");
        }
        boolean one = (bytes[at >> 3] & 0x80 >> (at & 7)) != 0;
        at++;
        return one;
    }

    /** @throws IllegalArgumentException if there is no such number */
    long gamma() {
        int more = 0;
        while (!bit()) {
            more++;
        }
        if (more > 62) {
            throw new IllegalArgumentException("a number of " + more + " bits");
        }
        long number = 1;
        for (int i = 0; i < more; i++) {
            number = number << 1 | (bit() ? 1 : 0);
        }
        return number;
    }
}
