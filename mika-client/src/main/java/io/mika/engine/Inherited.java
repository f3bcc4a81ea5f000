package io.mika.engine;

import io.mika.record.CommitText;
import io.mika.record.SettledRanges;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the last commit before this assignment says of the records at and above its offset: which are settled and not
 * handed out again, and up to where any were handed out. <i>Owned by the poll thread.</i>
 *
 * @param settled each range for the records of one leader epoch alone
 * @param dispatched the highest offset that was handed out; -1 if none is known
 */
record Inherited(SettledRanges settled, long dispatched) {
    static final Inherited NOTHING = new Inherited(SettledRanges.NONE, -1);

    static Inherited of(CommitText.Content content) {
        return new Inherited(content.settled(), content.dispatched().orElse(-1));
    }

    /** The log is not, or not surely, what it was when that was written. */
    Inherited doubted() {
        return settled.isEmpty() ? this : new Inherited(SettledRanges.NONE, dispatched);
    }

    /** Settles what is settled, before it is handed over; how many that are. */
    int settle(Chunk chunk) {
        int found = 0;
        if (!settled.isEmpty()) {
            for (int index = 0; index < chunk.size; index++) {
                ConsumerRecord<byte[], byte[]> record = chunk.requireRecord(index);
                if (settled.contains(record.offset(), Epochs.of(record)) && chunk.settleBeforeHandOver(index)) {
                    found++;
                }
            }
        }
        return found;
    }
}
