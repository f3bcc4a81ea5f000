package io.mika.event;

import java.time.Duration;
import java.util.Optional;

/**
 * A record that was handed out and is open for longer than its consumer's {@code ackDeadline}; or one, open or not yet
 * handed out, that its topic will soon delete although it is not settled. It holds back the committed offset of its
 * partition. <i>Immutable.</i>
 *
 * @param topic from which it was read, without the global suffix
 * @param partition from which it was read
 * @param offset of the record; where it nears the end of its retention, the committed offset that it holds back
 * @param age how long ago it was handed out, less a second at most; where it nears the end of its retention, how old it
 *     is at least
 * @param thread where its handler call runs; empty if that has returned, or is not known
 * @param retention how long its topic keeps records, if that is why it is told; empty if it is open for too long
 */
public record StuckRecord(
        String topic,
        int partition,
        long offset,
        Duration age,
        Optional<String> thread,
        Optional<Duration> retention) {}
