package io.mika.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * The text in a commit's metadata: {@code mika/1 <checksum> partitions=<count>}. Pure.
 *
 * <p>The checksum covers the group, the topic's id, the partition and the committed offset beside the text itself, so
 * that a text is trusted only where and when it was written: not after the topic was recreated, not after a tool reset
 * the offset and kept the text.
 */
final class CommitText {
    private static final Pattern FORM = Pattern.compile("mika/1 ([0-9a-f]{16}) partitions=([0-9]{1,9})");

    private CommitText() {}

    static String write(String group, Uuid topicId, TopicPartition partition, long offset, int partitions) {
        String body = "partitions=" + partitions;
        return "mika/1 " + checksum(group, topicId, partition, offset, body) + " " + body;
    }

    /** The topic's partition count as noted; empty when the text is not ours, damaged or from elsewhere. */
    static OptionalInt partitions(String text, String group, Uuid topicId, TopicPartition partition, long offset) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return OptionalInt.empty();
        }
        String body = "partitions=" + matcher.group(2);
        return checksum(group, topicId, partition, offset, body).equals(matcher.group(1))
                ? OptionalInt.of(Integer.parseInt(matcher.group(2)))
                : OptionalInt.empty();
    }

    private static String checksum(String group, Uuid topicId, TopicPartition partition, long offset, String body) {
        String covered =
                String.join("\n", group, topicId.toString(), partition.toString(), Long.toString(offset), body);
        byte[] digest = sha256().digest(covered.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits(ByteBuffer.wrap(digest).getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
