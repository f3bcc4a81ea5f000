package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitTextTest {
    private static final Uuid TOPIC_ID = new Uuid(1, 2);
    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);
    private static final String TEXT = CommitText.write("billing", TOPIC_ID, PARTITION, 42, 6);

    @Test
    void aTextTellsThePartitionCountThatWasNoted() {
        assertThat(CommitText.partitions(TEXT, "billing", TOPIC_ID, PARTITION, 42))
                .hasValue(6);
    }

    @Test
    void aTextSaysWhatItIs() {
        assertThat(TEXT).matches("mika/1 [0-9a-f]{16} partitions=6");
    }

    @Test
    void theFormIsKept() {
        // What stands in the brokers is read by the next version, and by the one before
        assertThat(TEXT).isEqualTo("mika/1 35f6134cc18e5604 partitions=6");
    }

    @Test
    void aTextIsTrustedOnlyWhereAndWhenItWasWritten() {
        assertThat(CommitText.partitions(TEXT, "invoicing", TOPIC_ID, PARTITION, 42))
                .as("another group")
                .isEmpty();
        assertThat(CommitText.partitions(TEXT, "billing", new Uuid(1, 3), PARTITION, 42))
                .as("the topic was created again")
                .isEmpty();
        assertThat(CommitText.partitions(TEXT, "billing", TOPIC_ID, new TopicPartition("orders", 4), 42))
                .as("another partition")
                .isEmpty();
        assertThat(CommitText.partitions(TEXT, "billing", TOPIC_ID, new TopicPartition("payments", 3), 42))
                .as("another topic")
                .isEmpty();
        assertThat(CommitText.partitions(TEXT, "billing", TOPIC_ID, PARTITION, 41))
                .as("a tool moved the offset")
                .isEmpty();
    }

    @Test
    void aTextThatWasCutIsIgnored() {
        for (int length = 0; length < TEXT.length(); length++) {
            assertThat(CommitText.partitions(TEXT.substring(0, length), "billing", TOPIC_ID, PARTITION, 42))
                    .isEmpty();
        }
    }

    @Test
    void aTextWithOneCharacterChangedIsIgnored() {
        for (int at = 0; at < TEXT.length(); at++) {
            char other = TEXT.charAt(at) == '7' ? '8' : '7';
            String damaged = TEXT.substring(0, at) + other + TEXT.substring(at + 1);
            assertThat(CommitText.partitions(damaged, "billing", TOPIC_ID, PARTITION, 42))
                    .as(damaged)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "AgAAAXVAhZ8A",
                "{\"version\":1}",
                "consumer-1-5f2d",
                "mika/2 0123456789abcdef partitions=6",
                "mika/1 0123456789abcdef partitions=99999999999999999999",
                "mika/1 0123456789abcdef partitions=-1",
                "mika/1 0123456789abcdef\npartitions=6"
            })
    void theTextOfOthersIsIgnored(String text) {
        assertThat(CommitText.partitions(text, "billing", TOPIC_ID, PARTITION, 42))
                .isEmpty();
    }

    @Test
    void moreBehindTheTextMakesItAnothers() {
        assertThat(CommitText.partitions(TEXT + " more", "billing", TOPIC_ID, PARTITION, 42))
                .isEmpty();
    }

    @Test
    void aCommitBearsTheTextWithItsEpoch() {
        OffsetAndMetadata commit = new Mark(42, 5).withText(TEXT);

        assertThat(commit.offset()).isEqualTo(42);
        assertThat(commit.leaderEpoch()).hasValue(5);
        assertThat(commit.metadata()).isEqualTo(TEXT);
        assertThat(Mark.of(commit)).isEqualTo(new Mark(42, 5));
    }
}
