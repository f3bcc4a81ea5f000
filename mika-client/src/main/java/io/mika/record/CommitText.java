package io.mika.record;

import io.mika.record.SettledRanges.Range;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The text in a commit's metadata: {@code mika/2 <checksum> partitions=<count> dispatched=<offset> run=<run> runs=<code>},
 * where all but the count may be missing, and {@code bits=} may stand for {@code runs=}. Version 1 had the count alone,
 * and is still read. Internal: for the library; no API. Pure.
 *
 * <p>The checksum covers the group, the topic's id, the partition and the committed offset beside the text itself, so
 * that a text is trusted only where and when it was written: not after the topic was recreated, not after a tool reset
 * the offset and kept the text. Whatever is in doubt counts as no text.
 */
public final class CommitText {
    /** What we use of the 4,096 bytes that brokers take by default. */
    public static final int LIMIT = 3_800;

    private static final Pattern FORM =
            Pattern.compile("mika/2 ([0-9a-f]{16}) (partitions=([0-9]{1,9})(?: dispatched=([0-9]{1,18}))?"
                    + "(?: run=([!-~]{1,100}))?(?: (runs|bits)=([A-Za-z0-9_-]+))?)");
    private static final Pattern FORM_1 = Pattern.compile("mika/1 ([0-9a-f]{16}) (partitions=([0-9]{1,9}))");

    /** The version is covered too, lest one damaged character make another one of it. */
    private static final String COVERED = "mika/2\n";

    /** {@code mika/2 <checksum> } */
    private static final int BEFORE_BODY = 24;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private CommitText() {}

    /**
     * The commit that a text stands in.
     *
     * @param group on the wire
     * @param topicId of the topic that there is now
     * @param partition of the topic
     * @param offset that is committed
     */
    public record Place(String group, Uuid topicId, TopicPartition partition, long offset) {}

    /**
     * What a text says.
     *
     * @param partitions how many the topic had
     * @param dispatched the highest offset that was given to a handler; empty if it is not known
     * @param run what a replay notes of itself: printable ASCII without blanks, at most 100 characters
     * @param settled what is settled at the committed offset or above it
     */
    public record Content(int partitions, OptionalLong dispatched, Optional<String> run, SettledRanges settled) {
        /**
         * The partition count alone.
         *
         * @param partitions how many the topic has
         * @return nothing else
         */
        public static Content ofPartitions(int partitions) {
            return new Content(partitions, OptionalLong.empty(), Optional.empty(), SettledRanges.NONE);
        }
    }

    /**
     * A text, and what of the settled offsets it holds.
     *
     * @param text empty if the limit leaves no room for any
     * @param holdsBelow what is settled below this offset; {@code Long.MAX_VALUE} if all of it
     */
    public record Written(String text, long holdsBelow) {}

    /**
     * Makes a text. Ranges that do not fit are left out from the highest offset down.
     *
     * @param place where it is to stand
     * @param content what it is to say; ranges below the committed offset are left out
     * @param limit how long it may be, in bytes
     * @return the text
     */
    public static Written write(Place place, Content content, int limit) {
        List<Range> ranges = content.settled().from(place.offset()).ranges();
        StringBuilder body = new StringBuilder("partitions=").append(content.partitions());
        content.dispatched().ifPresent(offset -> body.append(" dispatched=").append(offset));
        content.run().ifPresent(run -> body.append(" run=").append(run));
        int room = limit - BEFORE_BODY - body.length();
        if (room < 0) {
            return new Written("", ranges.isEmpty() ? Long.MAX_VALUE : place.offset());
        }
        RangeCode.Fit fit = RangeCode.best(ranges, place.offset(), bits(room - " runs=".length()));
        if (fit.ranges() > 0) {
            byte[] code = fit.code().write(ranges.subList(0, fit.ranges()), place.offset());
            body.append(' ').append(fit.code().field).append('=').append(ENCODER.encodeToString(code));
        }
        long holdsBelow = fit.ranges() == ranges.size()
                ? Long.MAX_VALUE
                : ranges.get(fit.ranges()).from();
        return new Written(text(place, body.toString()), holdsBelow);
    }

    /** What so many characters hold, which is whole bytes. */
    private static long bits(int characters) {
        return characters * 6L / 8 * 8;
    }

    private static String text(Place place, String body) {
        return "mika/2 " + checksum(COVERED, place, body) + " " + body;
    }

    /**
     * Reads a text.
     *
     * @param text of a commit, ours or not
     * @param place where it stands
     * @return empty if it is not ours, damaged, from elsewhere, or of a version that is not known here
     */
    public static Optional<Content> read(@Nullable String text, Place place) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            boolean sound = checksum(COVERED, place, matcher.group(2)).equals(matcher.group(1));
            return sound ? content(matcher, place.offset()) : Optional.empty();
        }
        Matcher first = FORM_1.matcher(text);
        boolean sound = first.matches() && checksum("", place, first.group(2)).equals(first.group(1));
        return sound ? Optional.of(Content.ofPartitions(Integer.parseInt(first.group(3)))) : Optional.empty();
    }

    /**
     * Whether a text is ours, and was made for another place: for a topic of the same name that is gone, perhaps.
     *
     * @param text of a commit, ours or not
     * @param place where it stands
     * @return false for one that belongs there, and for one that is not ours
     */
    public static boolean isFromElsewhere(@Nullable String text, Place place) {
        return text != null && FORM.matcher(text).matches() && read(text, place).isEmpty();
    }

    private static Optional<Content> content(Matcher matcher, long base) {
        String dispatched = matcher.group(4);
        String code = matcher.group(6);
        try {
            return Optional.of(new Content(
                    Integer.parseInt(matcher.group(3)),
                    dispatched == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(dispatched)),
                    Optional.ofNullable(matcher.group(5)),
                    code == null ? SettledRanges.NONE : settled(code, matcher.group(7), base)));
        } catch (IllegalArgumentException | ArithmeticException forged) {
            return Optional.empty(); // the checksum is no secret
        }
    }

    private static SettledRanges settled(String field, String code, long base) {
        RangeCode of = field.equals(RangeCode.BITS.field) ? RangeCode.BITS : RangeCode.RUNS;
        return of.read(Base64.getUrlDecoder().decode(code), base);
    }

    private static String checksum(String version, Place place, String body) {
        String covered = version
                + String.join(
                        "\n",
                        place.group(),
                        place.topicId().toString(),
                        place.partition().toString(),
                        Long.toString(place.offset()),
                        body);
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
