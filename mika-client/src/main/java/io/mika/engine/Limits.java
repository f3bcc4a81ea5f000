package io.mika.engine;

/**
 * How much a client holds of what it polled and did not settle. <i>Immutable.</i>
 *
 * @param laneRecords queued and open, per partition
 * @param laneBytes queued and open, per partition, in bytes
 * @param clientRecords queued and open, of all partitions
 * @param clientBytes queued and open, of all partitions, in bytes
 * @param chunkRecords how many records are handed over at once
 * @param chunkBytes how many bytes are handed over at once; one record may be larger
 * @param waitingRecords of the retry topic and the dead letter queue that wait for one consumer, whole
 * @param waitingBytes the same in bytes
 * @param waitingPlaces those that wait beyond it, by their places alone
 * @param unremembered settled above an open record, per partition, and more than the text of a commit can hold
 */
public record Limits(
        int laneRecords,
        long laneBytes,
        int clientRecords,
        long clientBytes,
        int chunkRecords,
        long chunkBytes,
        int waitingRecords,
        long waitingBytes,
        int waitingPlaces,
        int unremembered) {
    private static final long MIB = 1024L * 1024;

    /** The defaults of the client. */
    public static final Limits DEFAULT =
            new Limits(20_000, 16 * MIB, 200_000, 128 * MIB, 1024, MIB, 10_000, 16 * MIB, 1_000_000, 10_000);

    /** Without what concerns the retry topic and the text of commits, which is as in {@link #DEFAULT}. */
    public Limits(
            int laneRecords, long laneBytes, int clientRecords, long clientBytes, int chunkRecords, long chunkBytes) {
        this(
                laneRecords,
                laneBytes,
                clientRecords,
                clientBytes,
                chunkRecords,
                chunkBytes,
                10_000,
                16 * MIB,
                1_000_000,
                10_000);
    }
}
