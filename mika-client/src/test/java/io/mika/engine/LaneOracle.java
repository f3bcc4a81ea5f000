package io.mika.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.Settlement;
import io.mika.record.SettledRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a lane must be, said naively: every record that was delivered, in a map by offset, with its state; nothing is
 * ever let go.
 */
final class LaneOracle {
    enum State {
        QUEUED,
        /** The handler call runs and has not settled it. */
        IN_CALL,
        OPEN,
        FAILING,
        ACKED,
        DISCARDED;

        boolean isOpen() {
            return this == IN_CALL || this == OPEN || this == FAILING;
        }

        /** Open beyond its call. */
        boolean isLate() {
            return this == OPEN || this == FAILING;
        }
    }

    /** A record as it was delivered once. */
    static final class Entry {
        final long offset;
        final int epoch;
        final Piece piece;
        State state = State.QUEUED;
        /** Known to be settled to the sweep. */
        boolean swept;

        final List<CompletableFuture<Settlement>> failing = new ArrayList<>();

        Entry(long offset, int epoch, Piece piece) {
            this.offset = offset;
            this.epoch = epoch;
            this.piece = piece;
        }
    }

    /** Records that were handed over together. */
    static final class Piece {
        final List<Entry> entries = new ArrayList<>();
        boolean cut;
        boolean thin;

        private void sweep() {
            for (Entry entry : entries) {
                entry.swept = entry.state == State.ACKED;
            }
            long open = entries.stream().filter(entry -> !entry.swept).count();
            boolean handedOut = entries.stream().noneMatch(entry -> entry.state == State.QUEUED);
            thin |= open > 0 && handedOut && open <= Math.max(1, entries.size() / 8);
        }

        private long open() {
            return entries.stream().filter(entry -> !entry.swept).count();
        }

        private long fromFirstOpen() {
            return entries.stream().dropWhile(entry -> entry.swept).count();
        }
    }

    private final TreeMap<Long, Entry> records = new TreeMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    /** Places where the position was set: as good as a record's end when everything below is settled. */
    private final List<Mark> resets = new ArrayList<>();

    private Mark position;
    private Mark watermark;
    private boolean over;

    LaneOracle(Mark start) {
        position = start;
        watermark = start;
    }

    Mark position() {
        return position;
    }

    boolean isOver() {
        return over;
    }

    // ---- what happens to the lane

    void polled(List<Long> offsets, List<Integer> epochs, Mark next, int chunkRecords) {
        Piece piece = new Piece();
        for (int i = 0; i < offsets.size(); i++) {
            if (i % chunkRecords == 0) {
                piece = new Piece();
                pieces.add(piece);
            }
            Entry entry = new Entry(offsets.get(i), epochs.get(i), piece);
            piece.entries.add(entry);
            records.put(entry.offset, entry);
        }
        position = next;
    }

    void swept() {
        pieces.forEach(Piece::sweep);
    }

    void reset(Mark to) {
        swept();
        watermark = settledBelow();
        for (Entry gone : List.copyOf(records.tailMap(to.offset(), true).values())) {
            discard(gone);
            gone.piece.cut = true;
            gone.piece.entries.remove(gone);
            records.remove(gone.offset);
        }
        pieces.removeIf(piece -> piece.entries.isEmpty());
        resets.removeIf(reset -> reset.offset() > to.offset());
        resets.add(to);
        position = to;
        if (watermark.offset() > to.offset()) {
            watermark = to;
        }
    }

    void discarded() {
        records.values().forEach(LaneOracle::discard);
        over = true;
        swept();
    }

    private static void discard(Entry entry) {
        if (entry.state == State.ACKED) {
            return;
        }
        for (CompletableFuture<Settlement> future : entry.failing) {
            assertThat(future).isCompletedWithValue(Settlement.NOT_OWNED);
        }
        entry.failing.clear();
        entry.state = State.DISCARDED;
    }

    // ---- what happens to a delivery

    /** The record that must be handed out now. */
    Entry handedOut(long offset) {
        assertThat(over).as("handed out after the end").isFalse();
        Entry next = records.values().stream()
                .filter(entry -> entry.state == State.QUEUED)
                .findFirst()
                .orElseThrow(() -> new AssertionError(offset + " was handed out, and nothing is queued"));
        assertThat(offset).as("handed out").isEqualTo(next.offset);
        next.state = State.IN_CALL;
        return next;
    }

    static void returned(Entry entry) {
        if (entry.state == State.IN_CALL) {
            entry.state = State.OPEN;
        }
    }

    static Settlement acked(Entry entry) {
        if (entry.state == State.IN_CALL || entry.state == State.OPEN) {
            entry.state = State.ACKED;
            return Settlement.ACKED;
        }
        return refused(entry);
    }

    private static Settlement refused(Entry entry) {
        return entry.state == State.DISCARDED ? Settlement.NOT_OWNED : Settlement.ALREADY_SETTLED;
    }

    static void failed(Entry entry, CompletableFuture<Settlement> future) {
        if (entry.state.isOpen()) {
            assertThat(future).isNotDone();
            entry.state = State.FAILING;
            entry.failing.add(future);
        } else {
            assertThat(future).isCompletedWithValue(refused(entry));
        }
    }

    void routedNowhere() {
        for (Entry entry : with(State.FAILING::equals)) {
            for (CompletableFuture<Settlement> future : entry.failing) {
                assertThat(future).isCompletedExceptionally();
            }
            entry.failing.clear();
            entry.state = State.OPEN;
        }
    }

    // ---- what must hold

    long late() {
        return with(State::isLate).size();
    }

    long queued() {
        return with(State.QUEUED::equals).size();
    }

    private List<Entry> with(Predicate<State> wanted) {
        return records.values().stream()
                .filter(entry -> wanted.test(entry.state))
                .toList();
    }

    void check(Lane lane) {
        checkWatermark(lane.watermark());
        checkSettled(lane.settled());
        assertThat(lane.handedOpen().stream().map(OpenRecord::offset).toList())
                .as("open")
                .isEqualTo(
                        with(State::isOpen).stream().map(entry -> entry.offset).toList());
        assertThat(lane.late()).as("late").isEqualTo((int) late());
        assertThat(lane.position()).as("position").isEqualTo(position);
        assertThat(lane.isConsistent()).as("counts are what the chunks say").isTrue();
        checkHeld(lane);
        for (Entry entry : with(State.FAILING::equals)) {
            entry.failing.forEach(future -> assertThat(future).isNotDone());
        }
    }

    private void checkWatermark(Mark actual) {
        List<Mark> allowed = new ArrayList<>(List.of(settledBelow()));
        for (Mark reset : resets) {
            if (reset.offset() >= settledBelow().offset() && reset.offset() <= firstOpen()) {
                allowed.add(reset);
            }
        }
        assertThat(actual).as("watermark").isIn(allowed);
        watermark = actual;
    }

    /** The end of the last record before the first open one, or the position; never lower than it was. */
    private Mark settledBelow() {
        Map.@Nullable Entry<Long, Entry> below = records.lowerEntry(firstOpen());
        Mark place = below == null ? watermark : new Mark(below.getKey() + 1, below.getValue().epoch);
        if (firstOpen() == position.offset() && position.offset() > place.offset()) {
            place = position;
        }
        return place.offset() > watermark.offset() ? place : watermark;
    }

    /** As known to the last sweep; the position if there is none. */
    private long firstOpen() {
        return records.values().stream()
                .filter(entry -> !entry.swept)
                .mapToLong(entry -> entry.offset)
                .findFirst()
                .orElse(position.offset());
    }

    private void checkSettled(SettledRanges actual) {
        for (Entry entry : records.values()) {
            if (actual.contains(entry.offset, entry.epoch)) {
                assertThat(entry.state).as("noted as settled: " + entry.offset).isEqualTo(State.ACKED);
            }
        }
        // Behind a reset epochs may fall here, as they do in no log, and where they do less is noted
        if (resets.isEmpty()) {
            assertThat(actual).as("settled").isEqualTo(settled());
        }
    }

    /** Above the first open record: each settled one, with the offsets that are missing beside it in its epoch. */
    private SettledRanges settled() {
        SettledRanges.Builder ranges = SettledRanges.builder();
        Entry before = null;
        for (Entry entry : records.tailMap(firstUnsettled(), true).values()) {
            if (before != null) {
                boolean joins = before.epoch == entry.epoch;
                addSettled(ranges, before, before.offset, joins ? entry.offset : before.offset + 1);
                addSettled(ranges, entry, joins ? before.offset + 1 : entry.offset, entry.offset + 1);
            }
            before = entry;
        }
        return ranges.build();
    }

    private static void addSettled(SettledRanges.Builder ranges, Entry entry, long from, long to) {
        if (entry.state == State.ACKED && entry.epoch != Mark.NO_EPOCH) {
            ranges.add(from, to, entry.epoch);
        }
    }

    private long firstUnsettled() {
        return with(state -> state != State.ACKED).stream()
                .mapToLong(entry -> entry.offset)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private void checkHeld(Lane lane) {
        long least = 0;
        long most = 0;
        for (Piece piece : pieces) {
            long open = piece.open();
            long all = open == 0 ? 0 : piece.fromFirstOpen();
            least += piece.thin || piece.cut ? open : all;
            most += piece.thin && !piece.cut ? open : all;
        }
        assertThat((long) lane.heldRecords()).as("held records").isBetween(least, most);
        long each = Chunk.bytes(LaneFixture.record(0, 0));
        assertThat(lane.heldBytes()).as("held bytes").isEqualTo(each * lane.heldRecords());
        assertThat(lane.isIdle()).as("idle").isEqualTo(most == 0);
    }

    @Override
    public String toString() {
        return records.values().stream()
                        .map(entry -> entry.offset + "@" + entry.epoch + " " + entry.state)
                        .toList()
                + " position=" + Objects.toString(position);
    }
}
