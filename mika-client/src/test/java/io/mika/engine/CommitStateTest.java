package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class CommitStateTest {
    private final Lane lane = new LaneFixture().lane;
    private final CommitState state = lane.commit();

    private CommitState.Sent sent(long offset) {
        return new CommitState.Sent(lane, state.epoch(), offset(offset));
    }

    private static OffsetAndMetadata offset(long offset) {
        return new OffsetAndMetadata(offset);
    }

    @Test
    void aLaneIsDirtyUntilItsCommitIsConfirmed() {
        assertThat(state.isDirty(offset(5))).isTrue();
        state.confirm(sent(5));

        assertThat(state.isDirty(offset(5))).isFalse();
        assertThat(state.isDirty(offset(6))).isTrue();
    }

    @Test
    void aLaneIsDirtyWhenOnlyItsTextChanged() {
        state.confirm(sent(5));

        assertThat(state.isDirty(new OffsetAndMetadata(5, "mika/1"))).isTrue();
    }

    @Test
    void whatTheBrokersHeldBeforeNeedsNoCommit() {
        state.inherit(offset(5));

        assertThat(state.isDirty(offset(5))).isFalse();
        assertThat(state.highest()).isEqualTo(5);
    }

    @Test
    void theAnswerOfAnEarlierCommitEpochSaysNothing() {
        CommitState.Sent before = sent(9);
        state.beginEpoch();
        state.confirm(before);

        assertThat(state.confirmed()).isNull();
        assertThat(state.highest()).isEqualTo(-1);
        assertThat(state.isDirty(offset(9))).isTrue();
    }

    @Test
    void aNewCommitEpochMayBeginLower() {
        state.confirm(sent(9));
        state.beginEpoch();
        state.confirm(sent(3));

        assertThat(state.highest()).isEqualTo(3);
    }

    @Test
    void theHighestConfirmedOffsetNeverGoesDown() {
        CommitState.Sent early = sent(5);
        state.confirm(sent(9));
        state.confirm(early);

        assertThat(state.highest()).isEqualTo(9);
        assertThat(state.isDirty(offset(9)))
                .as("the brokers may hold the earlier one")
                .isTrue();
    }
}
