package io.mika.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What waits in a partition, in rows of records with no settled one among them. Two rows have settled records between
 * them, which the text of a commit must name; so it is the rows that fill it, not how long they are. <i>Owned by the
 * poll thread.</i>
 */
final class WaitingRows {
    private final List<Row> rows = new ArrayList<>();

    private record Row(long from, long to, int records) {}

    // Of the chunk that is looked at
    private int before;
    private long from;
    private long to;
    private int records;
    private boolean waiting;

    /** Collects what waits in a chunk. */
    void collect(Chunk chunk) {
        records = 0;
        chunk.forEachUnsettled((index, offset) -> {
            if (records == 0 || index != before + 1) {
                end();
                begin(offset);
            }
            before = index;
            to = offset;
            records++;
            waiting &= chunk.state(index) == SettleState.WAITING;
        });
        end();
    }

    private void begin(long offset) {
        from = offset;
        records = 0;
        waiting = true;
    }

    /** A row with a record in a handler's hands, or on its way elsewhere, cannot go as a whole. */
    private void end() {
        if (records > 0 && waiting) {
            rows.add(new Row(from, to, records));
        }
        records = 0;
    }

    /** The shorter half of them, of equals the lower: with the fewest records the text has half as much to say. */
    WaitingQueue.Parked shorterHalf() {
        NavigableMap<Long, Long> chosen = new TreeMap<>();
        rows.stream()
                .sorted(Comparator.comparingInt(Row::records).thenComparingLong(Row::from))
                .limit((rows.size() + 1) / 2)
                .forEach(row -> chosen.put(row.from(), row.to()));
        return (offset, writtenAt) -> {
            var row = chosen.floorEntry(offset);
            return row != null && offset <= row.getValue();
        };
    }
}
