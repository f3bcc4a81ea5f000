package io.mika.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any record, on any ten ways in a row, each through Kafka's own binary format. */
class TenHopsTest {
    private static final int KNOWN = 2_000;
    private static final int NEW = 500;
    private static final int HOPS = 10;

    /** Names that begin with one another, as far as names of groups may. */
    private static final List<String> GROUPS = List.of("g", "g_org", "g_pointer", "billing-dev");

    private static final List<String> TEXTS = List.of(
            "", "x", "mika_err_", "é", "日本語", "a\u0000b", "😀".repeat(300), "ü".repeat(600), "€".repeat(500), "\ud83d");

    @Test
    void anyRecordSurvivesTenHopsOfKnownSeeds() {
        for (long seed = 0; seed < KNOWN; seed++) {
            check(seed);
        }
    }

    @Test
    void anyRecordSurvivesTenHopsOfNewSeeds() {
        SplittableRandom seeds = new SplittableRandom();
        for (int i = 0; i < NEW; i++) {
            check(seeds.nextLong());
        }
    }

    private static void check(long seed) {
        try {
            new TenHopsTest().run(new SplittableRandom(seed));
        } catch (RuntimeException | AssertionError | CharacterCodingException failed) {
            throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
        }
    }

    private void run(SplittableRandom random) throws CharacterCodingException {
        ConsumerRecord<byte[], byte[]> first = stored(anyBytes(random), anyBytes(random), anyHeaders(random));
        ConsumerRecord<byte[], byte[]> record = first;
        for (int hop = 0; hop < HOPS; hop++) {
            String group = GROUPS.get(random.nextInt(GROUPS.size()));
            Header[] before = record.headers().toArray();

            Headers headers = anyHop(random, record, group);

            assertThat(record.headers().toArray()).as("the argument").isEqualTo(before);
            assertOthersStay(before, headers.toArray(), group);
            assertBounded(before, headers.toArray(), group);
            assertGoUnderstands(record.headers(), headers, group);
            record = stored(record.key(), record.value(), headers);
        }
        assertThat(record.key()).isEqualTo(first.key());
        assertThat(record.value()).isEqualTo(first.value());
        assertThat(foreign(record.headers().toArray(), GROUPS))
                .isEqualTo(foreign(first.headers().toArray(), GROUPS));
    }

    private static Headers anyHop(SplittableRandom random, ConsumerRecord<byte[], byte[]> record, String group) {
        Headers headers = record.headers();
        long now = random.nextLong(2_000_000_000_000L);
        Reason reason = random.nextBoolean() ? Reason.ofText(anyText(random)) : Reason.of(new Error(anyText(random)));
        FailedAttempt failure = FailedAttempt.of(record, reason, random.nextInt(Integer.MAX_VALUE), now);
        Optional<FailureHeaders> state = FailureHeaders.read(headers, group);
        boolean hopsLeft = retries(headers, group).isPresent();
        return switch (random.nextInt(state.isEmpty() ? 2 : 9)) {
            case 0 -> FailureHop.toDlq(headers, group, failure);
            case 1 ->
                hopsLeft
                        ? FailureHop.toRetry(headers, group, failure, anyTime(random))
                        : FailureHop.toDlq(headers, group, failure);
            case 2 -> FailureHop.park(headers, group, now);
            case 3 -> FailureHop.parkUnclaimed(headers, group, now, now + 30_000);
            case 4 -> FailureHop.unclaimedToDlq(headers, group);
            case 5 -> FailureHop.claimed(headers, group);
            case 6 -> FailureHop.replay(headers, group, random.nextBoolean() ? OptionalInt.of(0) : OptionalInt.empty());
            case 7 -> FailureHop.withPointer(headers, group, Pointer.to("orders", 0, now, record.value()));
            default -> FailureHop.withoutPointer(FailureHop.withoutOptional(headers, group), group);
        };
    }

    /** Headers of the record and of other groups: the same, in the same order. */
    private static void assertOthersStay(Header[] before, Header[] after, String group) {
        assertThat(foreign(after, List.of(group))).isEqualTo(foreign(before, List.of(group)));
    }

    /** At most one header of a name, or as many as there were; and none that was written is longer than its bound. */
    private static void assertBounded(Header[] before, Header[] after, String group) throws CharacterCodingException {
        for (String name : FailureHeaders.NAMES) {
            String key = FailureHeaders.key(name, group);
            List<Header> had = named(before, key);
            List<Header> has = named(after, key);
            assertThat(has).as(key).hasSizeLessThanOrEqualTo(Math.max(1, had.size()));
            if (!has.isEmpty() && !had.contains(has.get(has.size() - 1))) {
                byte[] written = has.get(has.size() - 1).value();
                assertThat(written.length).as(key).isLessThanOrEqualTo(1024);
                UTF_8.newDecoder().decode(ByteBuffer.wrap(written));
            }
        }
    }

    /** Once there, topic and message of the first failure stay. */
    private static void assertGoUnderstands(Headers before, Headers after, String group) {
        for (String name : List.of(FailureHeaders.ORG_TOPIC, FailureHeaders.MSG)) {
            Header written = before.lastHeader(FailureHeaders.key(name, group));
            if (written != null) {
                assertThat(after.lastHeader(written.key())).isEqualTo(written);
            }
        }
        assertThat(FailureHeaders.read(after, group)).as("state of " + group).isPresent();
    }

    private static OptionalInt retries(Headers headers, String group) {
        Header last = headers.lastHeader(FailureHeaders.key(FailureHeaders.RETRIES, group));
        return HeaderText.count(last == null ? null : HeaderText.of(last.value()));
    }

    private static List<Header> foreign(Header[] headers, List<String> groups) {
        return Arrays.stream(headers)
                .filter(header -> groups.stream()
                        .noneMatch(group -> FailureHeaders.NAMES.stream()
                                .anyMatch(name -> header.key().equals(FailureHeaders.key(name, group)))))
                .toList();
    }

    private static List<Header> named(Header[] headers, String key) {
        return Arrays.stream(headers).filter(header -> header.key().equals(key)).toList();
    }

    private static Headers anyHeaders(SplittableRandom random) {
        List<Header> headers = new ArrayList<>();
        for (int count = random.nextInt(8); count > 0; count--) {
            headers.add(new RecordHeader(anyName(random), anyValue(random)));
        }
        return new RecordHeaders(headers.toArray(new Header[0]));
    }

    /** Few different names, so that they repeat; at times one of ours, as somebody else may have left it. */
    private static String anyName(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> FailureHeaders.key(any(random, FailureHeaders.NAMES), any(random, GROUPS));
            case 1 -> FailureHeaders.key("other", any(random, GROUPS));
            default -> whole(any(random, TEXTS));
        };
    }

    private static byte @Nullable [] anyValue(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> Integer.toString(random.nextInt(-5, 100)).getBytes(UTF_8);
            case 2 -> anyText(random).getBytes(UTF_8);
            default -> bytes(random, random.nextInt(50));
        };
    }

    /** Up to 1 MiB. */
    private static byte @Nullable [] anyBytes(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes(random, 1 << random.nextInt(21));
            default -> bytes(random, random.nextInt(200));
        };
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String anyText(SplittableRandom random) {
        return any(random, TEXTS)
                + "-".repeat(random.nextInt(5))
                + any(random, TEXTS).repeat(random.nextInt(5));
    }

    private static OptionalLong anyTime(SplittableRandom random) {
        return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong(2_000_000_000_000L));
    }

    private static String any(SplittableRandom random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** As a name comes back from the brokers: half a character is none. */
    private static String whole(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    /** Written in Kafka's format and read back as a consumer does. */
    private static ConsumerRecord<byte[], byte[]> stored(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        Record read = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1000, key, value, headers.toArray()))
                .records()
                .iterator()
                .next();
        return new ConsumerRecord<>(
                "orders",
                0,
                read.offset(),
                read.timestamp(),
                TimestampType.CREATE_TIME,
                read.keySize(),
                read.valueSize(),
                bytes(read.key()),
                bytes(read.value()),
                new RecordHeaders(read.headers()),
                Optional.empty());
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
