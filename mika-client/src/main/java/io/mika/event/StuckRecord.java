package io.mika.event;

import java.time.Duration;
import java.util.Optional;

/**
 * A record that was handed out and is open for longer than its consumer's {@code ackDeadline}. It holds back the
 * committed offset of its partition. <i>Immutable.</i>
 *
 * @param topic from which it was read, without the global suffix
 * @param partition from which it was read
 * @param offset of the record
 * @param age how long ago it was handed out, less a second at most
 * @param thread where its handler call runs; empty if that has returned, or is not known
 */
public record StuckRecord(String topic, int partition, long offset, Duration age, Optional<String> thread) {}
