package io.mika.record;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where a record is that was too large for the dead letter queue, and what its value must be. <i>Immutable.</i>
 *
 * @param topic the topic, with the global suffix
 * @param partition the partition
 * @param offset the offset
 * @param size how many bytes the value has; zero also for none
 * @param sha256 SHA-256 of the value, as 64 hexadecimal digits
 */
public record Pointer(String topic, int partition, long offset, int size, String sha256) {
    /**
     * A pointer to a record.
     *
     * @param topic the topic, with the global suffix
     * @param partition the partition
     * @param offset the offset
     * @param value the record's value
     * @return with the value's size and hash
     */
    public static Pointer to(String topic, int partition, long offset, byte @Nullable [] value) {
        byte[] bytes = value == null ? new byte[0] : value;
        return new Pointer(topic, partition, offset, bytes.length, sha256(bytes));
    }

    /**
     * Whether a value is the one that this pointer was made for.
     *
     * @param value of the record that was found there
     * @return false if topic or offset now hold something else
     */
    public boolean matches(byte @Nullable [] value) {
        byte[] bytes = value == null ? new byte[0] : value;
        return bytes.length == size && sha256(bytes).equalsIgnoreCase(sha256);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            // Every Java platform must have it.
            throw new IllegalStateException(impossible);
        }
    }
}
