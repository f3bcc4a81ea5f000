package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class MarkTest {
    @Test
    void aCommitBearsTheTextWithItsEpoch() {
        OffsetAndMetadata commit = new Mark(42, 5).withText("text");

        assertThat(commit.offset()).isEqualTo(42);
        assertThat(commit.leaderEpoch()).hasValue(5);
        assertThat(commit.metadata()).isEqualTo("text");
        assertThat(Mark.of(commit)).isEqualTo(new Mark(42, 5));
    }
}
