package io.mika.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.record.CommitText.Content;
import io.mika.record.CommitText.Place;
import io.mika.record.CommitText.Written;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitTextTest {
    private static final Place PLACE = new Place("billing", new Uuid(1, 2), new TopicPartition("orders", 3), 42);
    private static final SettledRanges SOME =
            SettledRanges.of(43, 50, 0).add(60, 61, 0).add(61, 1_000_061, 7);
    private static final Content CONTENT = new Content(6, OptionalLong.of(1_000_100), Optional.of("a1@17"), SOME);
    private static final String TEXT =
            CommitText.write(PLACE, CONTENT, CommitText.LIMIT).text();

    /** As it stands in brokers that version 1 of the text was written to. */
    private static final String TEXT_1 = "mika/1 35f6134cc18e5604 partitions=6";

    @Test
    void aTextTellsWhatWasNoted() {
        assertThat(CommitText.read(TEXT, PLACE)).hasValue(CONTENT);
    }

    @Test
    void theFormIsKept() {
        // What stands in the brokers is read by the next version
        assertThat(TEXT)
                .isEqualTo("mika/2 677355555a4c4dc6 partitions=6 dispatched=1000100 run=a1@17 runs=VI4qfAAAehIA");
        assertThat(CommitText.write(PLACE, Content.ofPartitions(6), CommitText.LIMIT)
                        .text())
                .isEqualTo("mika/2 6f1eb57b655e471e partitions=6");
    }

    @Test
    void theTextOfTheVersionBeforeIsRead() {
        assertThat(CommitText.read(TEXT_1, PLACE)).hasValue(Content.ofPartitions(6));
    }

    @Test
    void aTextIsTrustedOnlyWhereAndWhenItWasWritten() {
        for (String text : new String[] {TEXT, TEXT_1}) {
            assertThat(CommitText.read(text, new Place("invoicing", PLACE.topicId(), PLACE.partition(), 42)))
                    .as("another group")
                    .isEmpty();
            assertThat(CommitText.read(text, new Place("billing", new Uuid(1, 3), PLACE.partition(), 42)))
                    .as("the topic was created again")
                    .isEmpty();
            assertThat(CommitText.read(
                            text, new Place("billing", PLACE.topicId(), new TopicPartition("orders", 4), 42)))
                    .as("another partition")
                    .isEmpty();
            assertThat(CommitText.read(text, new Place("billing", PLACE.topicId(), new TopicPartition("bills", 3), 42)))
                    .as("another topic")
                    .isEmpty();
            assertThat(CommitText.read(text, new Place("billing", PLACE.topicId(), PLACE.partition(), 41)))
                    .as("a tool moved the offset")
                    .isEmpty();
        }
    }

    @Test
    void aTextThatWasCutIsIgnored() {
        for (int length = 0; length < TEXT.length(); length++) {
            assertThat(CommitText.read(TEXT.substring(0, length), PLACE)).isEmpty();
        }
    }

    @Test
    void aTextWithOneCharacterChangedIsIgnored() {
        for (String text : new String[] {TEXT, TEXT_1, onlyPartitions()}) {
            for (int at = 0; at < text.length(); at++) {
                for (char other = 0; other < 256; other++) {
                    if (other != text.charAt(at)) {
                        String damaged = text.substring(0, at) + other + text.substring(at + 1);
                        assertThat(CommitText.read(damaged, PLACE)).as(damaged).isEmpty();
                    }
                }
            }
        }
    }

    private static String onlyPartitions() {
        return CommitText.write(PLACE, Content.ofPartitions(6), CommitText.LIMIT)
                .text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "AgAAAXVAhZ8A",
                "{\"version\":1}",
                "consumer-1-5f2d",
                "kgo-5f2d9f0e-aa01-4c34",
                "mika/3 0123456789abcdef partitions=6",
                "mika/2 0123456789abcdef partitions=6",
                "mika/2 0123456789abcdef partitions=6 runs=AAAA",
                "mika/1 0123456789abcdef partitions=99999999999999999999",
                "mika/1 0123456789abcdef partitions=-1",
                "mika/1 0123456789abcdef\npartitions=6"
            })
    void theTextOfOthersIsIgnored(String text) {
        assertThat(CommitText.read(text, PLACE)).isEmpty();
    }

    @Test
    void noTextIsNoText() {
        assertThat(CommitText.read(null, PLACE)).isEmpty();
    }

    @Test
    void moreBehindTheTextMakesItAnothers() {
        assertThat(CommitText.read(TEXT + " more", PLACE)).isEmpty();
        assertThat(CommitText.read(TEXT + "A", PLACE)).isEmpty();
    }

    @Test
    void whatIsSettledBelowTheCommittedOffsetIsLeftOut() {
        SettledRanges below = SettledRanges.of(3, 10, 0).add(40, 45, 0);
        Content content = new Content(6, OptionalLong.empty(), Optional.empty(), below);

        assertThat(read(CommitText.write(PLACE, content, CommitText.LIMIT)).settled())
                .isEqualTo(SettledRanges.of(42, 45, 0));
    }

    @Test
    void rangesThatDoNotFitAreLeftOutFromTheHighestOffsetDown() {
        SettledRanges many = scattered(new Random(1), 5_000, 100, 1_000);
        Content content = new Content(6, OptionalLong.of(9), Optional.empty(), many);

        for (int limit = 60; limit <= CommitText.LIMIT; limit += 31) {
            Written written = CommitText.write(PLACE, content, limit);

            assertThat(written.text().length()).isBetween(limit - 30, limit);
            assertThat(read(written).settled()).isEqualTo(many.below(written.holdsBelow()));
            assertThat(many.ranges()).anyMatch(range -> range.from() == written.holdsBelow());
        }
    }

    @Test
    void aLimitThatLeavesNoRoomLeavesNoText() {
        Written written = CommitText.write(PLACE, CONTENT, 20);

        assertThat(written).isEqualTo(new Written("", 42));
        assertThat(CommitText.write(PLACE, Content.ofPartitions(6), 20)).isEqualTo(new Written("", Long.MAX_VALUE));
    }

    @Test
    void aLimitOfTheHeadAloneHoldsTheHead() {
        int head = onlyPartitions().length();

        assertThat(CommitText.write(PLACE, new Content(6, OptionalLong.empty(), Optional.empty(), SOME), head))
                .isEqualTo(new Written(onlyPartitions(), 43));
    }

    /** Section 9's own example: one record in two is open. A list of ranges would hold 2,000 of them. */
    @Test
    void everySecondOffsetTakesABitEach() {
        SettledRanges.Builder everySecond = SettledRanges.builder();
        for (int i = 0; i < 10_000; i++) {
            everySecond.add(43 + 2L * i, 44 + 2L * i, 5);
        }
        Content content = new Content(6, OptionalLong.empty(), Optional.empty(), everySecond.build());

        assertThat(CommitText.write(PLACE, content, CommitText.LIMIT).holdsBelow())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aMillionSettledOffsetsWithFiveHundredOpenOnesFit() {
        Random random = new Random(7);
        SettledRanges.Builder settled = SettledRanges.builder();
        long at = 43;
        for (int open = 0; open < 500; open++) {
            long next = at + 1 + random.nextInt(4_000);
            settled.add(at, next, 5);
            at = next + 1;
        }
        Content content = new Content(6, OptionalLong.of(at), Optional.empty(), settled.build());

        Written written = CommitText.write(PLACE, content, CommitText.LIMIT);

        assertThat(written.holdsBelow()).isEqualTo(Long.MAX_VALUE);
        assertThat(read(written).settled()).isEqualTo(settled.build());
    }

    @Test
    void whateverIsWrittenIsReadAgain() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            SettledRanges settled =
                    scattered(random, random.nextInt(40), 1 + random.nextInt(100), 1 + random.nextInt(1_000_000));
            OptionalLong dispatched =
                    random.nextBoolean() ? OptionalLong.of(random.nextInt(1_000)) : OptionalLong.empty();
            Content content = new Content(random.nextInt(200), dispatched, Optional.empty(), settled);
            int limit = 100 + random.nextInt(500);

            Written written = CommitText.write(PLACE, content, limit);

            assertThat(written.text().length()).as("seed %d", seed).isLessThanOrEqualTo(limit);
            assertThat(read(written))
                    .as("seed %d", seed)
                    .isEqualTo(new Content(
                            content.partitions(), dispatched, Optional.empty(), settled.below(written.holdsBelow())));
        }
    }

    private static SettledRanges scattered(Random random, int count, int longestGap, int longestRun) {
        SettledRanges.Builder ranges = SettledRanges.builder();
        long at = PLACE.offset() + random.nextInt(3);
        int epoch = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            long end = at + 1 + random.nextInt(longestRun);
            ranges.add(at, end, epoch);
            boolean leaderChanged = count < 100 && random.nextInt(4) == 0;
            epoch += leaderChanged ? 1 + random.nextInt(1_000) : 0;
            boolean touches = leaderChanged && random.nextBoolean();
            at = touches ? end : end + 1 + random.nextInt(longestGap);
        }
        return ranges.build();
    }

    private static Content read(Written written) {
        return CommitText.read(written.text(), PLACE).orElseThrow();
    }
}
