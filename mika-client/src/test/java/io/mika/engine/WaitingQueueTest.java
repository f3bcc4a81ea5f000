package io.mika.engine;

import static io.mika.engine.LaneFixture.EPOCH;
import static io.mika.engine.LaneFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits whole, and what waits by its place. */
class WaitingQueueTest {
    private static final long MIB = 1 << 20;
    private static final Limits TWO_WHOLE = new Limits(20, MIB, 20, MIB, 20, MIB, 2, MIB, 4, 10);

    private final WaitingBudget budget = new WaitingBudget(TWO_WHOLE);
    private final List<WaitingQueue.Asked> asked = new ArrayList<>();
    private final List<WaitingPlace> gone = new ArrayList<>();
    private final List<Long> parked = new ArrayList<>();
    private final WaitingQueue queue = new WaitingQueue(budget, asked::addAll, new WaitingQueue.Told() {
        @Override
        public void gone(WaitingPlace place) {
            gone.add(place);
        }

        @Override
        public void park(WaitingRecord record) {
            parked.add(record.record().offset());
        }
    });
    private final Chunk chunk = chunk(6);

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Chunk chunk(int size) {
        ConsumerRecord<byte[], byte[]>[] records = new ConsumerRecord[size];
        for (int i = 0; i < size; i++) {
            records[i] = record(i, EPOCH);
        }
        return new Chunk(new LaneFixture().startingAt(0).lane, records, size, true);
    }

    private boolean add(int index, double dueSeconds) {
        return add(chunk, index, seconds(dueSeconds));
    }

    private boolean add(Chunk chunk, int index, long due) {
        return queue.add(new WaitingRecord(chunk, index, record(index, EPOCH), null, due));
    }

    private static long seconds(double seconds) {
        return (long) (seconds * 1e9);
    }

    private void answer(int number, boolean found) {
        WaitingPlace place = asked.get(number).place();
        queue.found(place, found ? record(place.offset(), EPOCH) : null);
    }

    private @Nullable Long taken(double seconds) {
        WaitingRecord due = queue.takeDue(seconds(seconds));
        return due == null ? null : due.record().offset();
    }

    @Test
    void whatFindsNoRoomIsReadALittleBeforeItIsDue() {
        assertThat(add(0, 50)).isTrue();
        assertThat(add(1, 60)).isTrue();
        assertThat(add(2, 10)).isFalse();

        queue.advance(seconds(9.4));
        assertThat(asked).isEmpty();
        assertThat(queue.wakesAt()).isEqualTo(seconds(9.5));
        queue.advance(seconds(9.5));
        assertThat(asked).hasSize(1);
        assertThat(queue.wakesAt()).as("the answer wakes").isEqualTo(seconds(50));

        answer(0, true);
        assertThat(queue.wakesAt()).isEqualTo(seconds(10));
        assertThat(taken(9.9)).isNull();
        assertThat(taken(10)).isEqualTo(2);
        assertThat(taken(10)).isNull();
    }

    @Test
    void whatIsDueALittleLaterIsReadWithIt() {
        add(0, 50);
        add(1, 50);
        add(2, 20);
        add(3, 10);
        add(4, 10);
        add(5, 10.4);

        queue.advance(seconds(9.5));
        assertThat(asked).extracting(WaitingQueue.Asked::offset).containsExactlyInAnyOrder(3L, 4L, 5L);
        assertThat(queue.wakesAt()).isEqualTo(seconds(19.5));
    }

    @Test
    void soManyAreReadAgainAndNoMoreUntilSomeAreTaken() {
        int all = 1_500;
        Chunk large = chunk(all);
        for (int i = 0; i < all; i++) {
            add(large, i, seconds(10));
        }
        queue.advance(seconds(9.5));
        assertThat(asked).hasSize(1_000);
        assertThat(queue.wakesAt()).as("two are here").isEqualTo(seconds(10));
        for (int i = 0; i < 1_000; i++) {
            answer(i, true);
        }
        queue.advance(seconds(9.6));
        assertThat(asked).hasSize(1_000);
        assertThat(queue.wakesAt()).isEqualTo(seconds(10));

        for (int i = 0; i < 1_002; i++) {
            assertThat(taken(10)).isNotNull();
        }
        assertThat(queue.wakesAt()).isLessThan(seconds(10));
        queue.advance(seconds(10));
        assertThat(asked).hasSize(all - 2);
    }

    @Test
    void whatIsGoneIsTold() {
        add(0, 50);
        add(1, 50);
        add(2, 10);
        queue.advance(seconds(10));
        answer(0, false);

        assertThat(gone).hasSize(1);
        assertThat(queue.takeDue(seconds(10))).isNull();
    }

    @Test
    void whatIsDiscardedWhileItIsReadLeavesItsRoom() {
        add(0, 50);
        add(1, 50);
        add(2, 10);
        add(3, 20);
        queue.advance(seconds(10));
        chunk.move(2, SettleState.WAITING, SettleState.DISCARDED);
        answer(0, false);

        assertThat(gone).isEmpty();
        assertThat(queue.wakesAt()).isEqualTo(seconds(19.5));
    }

    @Test
    void whatIsToBeParkedIsLetGoOfWholeOrOnceItIsRead() {
        add(0, 50);
        add(1, 50);
        add(2, 60);

        queue.park((offset, writtenAt) -> offset != 1, seconds(20));
        assertThat(parked).containsExactly(0L);
        queue.advance(seconds(20));
        answer(0, true);

        assertThat(parked).containsExactly(0L, 2L);
        assertThat(queue.takeDue(seconds(100)))
                .isNotNull()
                .extracting(due -> due.record().offset())
                .isEqualTo(1L);
        assertThat(queue.wakesAt()).isEqualTo(HandOut.NEVER);
    }

    @Test
    void asManyPlacesAsMayBeAreSpent() {
        add(0, 50);
        add(1, 50);
        for (int i = 2; i < 6; i++) {
            assertThat(budget.isSpent()).isFalse();
            add(i, 10);
        }
        assertThat(budget.isSpent()).isTrue();

        queue.advance(seconds(10));
        answer(0, true);
        answer(1, true);
        assertThat(budget.hasRoom()).isTrue();
        queue.clear();
        assertThat(budget.isSpent()).isFalse();
    }
}
