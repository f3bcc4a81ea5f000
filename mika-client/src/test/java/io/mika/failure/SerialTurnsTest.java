package io.mika.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialTurnsTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final List<RuntimeException> failed = new ArrayList<>();
    private Runnable inTurn = () -> {};
    private final SerialTurns turns = new SerialTurns(
            executor::add,
            () -> {
                log.add("turn");
                inTurn.run();
            },
            failed::add);

    private void runAll() {
        for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
            task.run();
        }
    }

    @Test
    void whatWasSentComesBeforeTheTurn() {
        turns.send(() -> log.add("a"));
        turns.send(() -> log.add("b"));
        runAll();

        assertThat(log).containsExactly("a", "b", "turn");
    }

    @Test
    void aTurnThatAsksForAnotherHasOne() {
        inTurn = () -> {
            if (log.size() < 3) {
                turns.schedule();
            }
        };
        turns.schedule();
        runAll();

        assertThat(log).containsExactly("turn", "turn", "turn");
    }

    @Test
    void aTurnComesInTimeAndOnce() {
        inTurn = () -> turns.scheduleAt(100);
        turns.schedule();
        runAll();
        turns.nudge(99);
        assertThat(executor).isEmpty();
        inTurn = () -> {};
        turns.nudge(100);
        runAll();
        turns.nudge(200);

        assertThat(log).containsExactly("turn", "turn");
        assertThat(executor).isEmpty();
    }

    @Test
    void noTurnRunsWithinATurn() {
        inTurn = () -> {
            inTurn = () -> {};
            turns.send(() -> log.add("meanwhile"));
            runAll(); // as where a turn waits and its thread runs others
            log.add("waited");
        };
        turns.schedule();
        runAll();

        assertThat(log).containsExactly("turn", "waited", "meanwhile", "turn");
    }

    @Test
    void whatIsThrownIsToldAndTurnsGoOn() {
        turns.send(() -> {
            throw new IllegalStateException("no");
        });
        runAll();
        turns.schedule();
        runAll();

        assertThat(failed).singleElement().satisfies(error -> assertThat(error).hasMessage("no"));
        assertThat(log).containsExactly("turn");
    }

    @Test
    void theLastTaskComesAfterTheTurnUnderWayAndNothingAfterIt() {
        inTurn = () -> turns.endWith(() -> log.add("last"));
        turns.schedule();
        runAll();
        turns.schedule();
        runAll();

        assertThat(log).containsExactly("turn", "last");
    }

    @Test
    void withoutATurnUnderWayTheLastTaskRunsAtOnce() {
        turns.endWith(() -> log.add("last"));

        assertThat(log).containsExactly("last");
    }

    @Test
    void anExecutorThatIsClosedIsNoError() {
        SerialTurns late = new SerialTurns(
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> {},
                failed::add);
        late.schedule();

        assertThat(failed).isEmpty();
    }
}
