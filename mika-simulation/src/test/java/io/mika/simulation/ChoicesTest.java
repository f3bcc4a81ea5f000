package io.mika.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChoicesTest {
    @Test
    void whatWasTakenCanBeTakenAgain() {
        Choices drawn = Choices.of(42);
        drawn.nextSlice();
        int first = drawn.next(1000);
        drawn.nextSlice();
        int second = drawn.next(1000);

        Choices repeated = Choices.of(drawn.taken());
        repeated.nextSlice();
        assertThat(repeated.next(1000)).isEqualTo(first);
        repeated.nextSlice();
        assertThat(repeated.next(1000)).isEqualTo(second);
        assertThat(repeated.nextSlice()).isFalse();
    }

    @Test
    void anEventThatIsLeftOutLeavesTheOthersAsTheyAre() {
        Choices shorter = Choices.of(List.of(new int[] {3}));
        shorter.nextSlice();

        assertThat(shorter.next(10)).isEqualTo(3);
    }

    @Test
    void pastTheEndEveryChoiceIsHarmless() {
        Choices nothing = Choices.of(List.of());

        assertThat(nothing.next(10)).isZero();
        assertThat(nothing.chance(99)).isFalse();
        assertThat(nothing.pick(5, 5)).isZero();
    }
}
