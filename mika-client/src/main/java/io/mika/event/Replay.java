package io.mika.event;

import java.util.concurrent.CompletableFuture;

/**
 * A replay under way: records of the dead letter queue on their way back to the retry topic. Made by {@code
 * KafkaClient.replayDlq}.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Replay {
    /**
     * How far it is. Cheap; does not block.
     *
     * @return what was reached so far, and the last report once it is over
     */
    ReplayReport progress();

    /**
     * Ends it early. What was handed to Kafka is waited for and noted; the rest stays in the dead letter queue for another
     * replay. {@link #completion()} tells when that is done. No effect once it is over.
     */
    void cancel();

    /**
     * The end.
     *
     * @return completes with the report, also of a replay that was cancelled. Fails with {@link
     *     io.mika.error.DlqNotConfiguredException} where there is no dead letter queue; with {@link
     *     io.mika.error.ConfigException} where there is no retry topic; with {@link
     *     io.mika.error.ClientClosedException} when the client is closed before the end; with {@link
     *     io.mika.error.MikaException} while another replay of the group is under way, or when Kafka refuses what a replay
     *     needs. {@link #progress()} then tells how far it came
     */
    CompletableFuture<ReplayReport> completion();
}
