package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PausesTest {
    private final ConsumerProbe kafka = new ConsumerProbe();
    private final HandContext context = new HandContext();
    private final Lanes lanes = new Lanes(Limits.DEFAULT);
    private final Pauses pauses = new Pauses(kafka.poller(), lanes);
    private final Lane zero = assigned(0);
    private final Lane one = assigned(1);
    private final Lane two = assigned(2);

    private Lane assigned(int partition) {
        Engine.Binding binding = new Engine.Binding("orders", "orders", ConsumerOptions.create(), delivery -> {});
        Lane lane = new Lane(
                new TopicPartition("orders", partition), binding, context, new Dispatch(task -> {}, 1, context));
        lanes.add(lane);
        kafka.assignment.add(lane.partition());
        return lane;
    }

    @Test
    void oneCallPausesAllThatWantIt() {
        pauses.add(zero, PauseReason.STARTING);
        pauses.add(one, PauseReason.FULL);
        pauses.apply(0);

        assertThat(kafka.calls).containsExactly("pause [orders-0, orders-1]");
    }

    @Test
    void thereIsOnePauseAndOneResumeInATurn() {
        pauses.add(zero, PauseReason.STARTING);
        pauses.add(one, PauseReason.STARTING);
        pauses.apply(0);
        pauses.remove(zero, PauseReason.STARTING);
        pauses.remove(one, PauseReason.STARTING);
        pauses.add(two, PauseReason.FULL);
        pauses.apply(0);

        assertThat(kafka.calls)
                .containsExactly("pause [orders-0, orders-1]", "pause [orders-2]", "resume [orders-0, orders-1]");
    }

    @Test
    void nothingIsCalledWithoutADifference() {
        pauses.apply(0);
        pauses.add(zero, PauseReason.FULL);
        pauses.apply(0);
        pauses.add(zero, PauseReason.FULL);
        pauses.apply(0);
        pauses.applyAll(0);
        pauses.apply(Duration.ofSeconds(5).toNanos());

        assertThat(kafka.calls).containsExactly("pause [orders-0]");
    }

    @Test
    void aReasonThatComesAndGoesWithinATurnIsNotSeen() {
        pauses.add(zero, PauseReason.FULL);
        pauses.remove(zero, PauseReason.FULL);
        pauses.apply(0);

        assertThat(kafka.calls).isEmpty();
    }

    @Test
    void aPartitionIsResumedWhenItsLastReasonIsGone() {
        pauses.add(zero, PauseReason.STARTING);
        pauses.add(zero, PauseReason.FULL);
        pauses.apply(0);
        pauses.remove(zero, PauseReason.STARTING);
        pauses.apply(0);
        assertThat(kafka.paused).containsExactly(zero.partition());

        pauses.remove(zero, PauseReason.FULL);
        pauses.apply(0);
        assertThat(kafka.paused).isEmpty();
    }

    @Test
    void aPauseThatWasDroppedComesBackWithinASecond() {
        pauses.add(zero, PauseReason.FULL);
        pauses.apply(0);
        kafka.paused.clear();

        pauses.apply(Duration.ofMillis(999).toNanos());
        assertThat(kafka.paused).isEmpty();
        pauses.apply(Duration.ofSeconds(1).toNanos());
        assertThat(kafka.paused).containsExactly(zero.partition());
    }

    @Test
    void aPauseThatARebalanceDroppedComesBackAtOnce() {
        pauses.add(zero, PauseReason.FULL);
        pauses.apply(0);
        kafka.paused.clear();

        pauses.applyAll(0);
        assertThat(kafka.paused).containsExactly(zero.partition());
    }

    @Test
    void aPartitionThatIsNotAssignedIsNotTouched() {
        kafka.assignment.remove(zero.partition());
        pauses.add(zero, PauseReason.FULL);
        pauses.add(one, PauseReason.FULL);
        pauses.apply(0);

        assertThat(kafka.calls).containsExactly("pause [orders-1]");
    }
}
