package io.mika.micrometer;

import java.time.Duration;
import java.util.stream.LongStream;

/**
 * The names of meters and tags. They are those of {@code mika-opentelemetry}, whose {@code Names} gives the source of each;
 * a test of each module compares them with docs/observability.md.
 */
final class Names {
    private Names() {}

    // ---- tags

    static final String SYSTEM = "messaging.system";
    static final String KAFKA = "kafka";
    static final String OPERATION_NAME = "messaging.operation.name";
    static final String PROCESS = "process";
    static final String SEND = "send";
    static final String DESTINATION = "messaging.destination.name";
    static final String GROUP = "messaging.consumer.group.name";
    static final String CLIENT = "messaging.client.id";
    static final String ERROR_TYPE = "error.type";
    static final String TOPIC = "mika.topic";
    static final String OUTCOME = "mika.outcome";
    static final String PARTITION = "mika.partition";
    static final String REASON = "mika.reason";

    /** For a tag that does not apply: all meters of a name must have the same tags. */
    static final String NONE = "none";

    /** Of an error that is no exception. */
    static final String OTHER_ERROR = "_OTHER";

    // ---- meters

    static final String PROCESS_DURATION = "messaging.process.duration";
    static final String CONSUMED = "messaging.client.consumed.messages";
    static final String SENT = "messaging.client.sent.messages";
    static final String RETRIED = "mika.retried";
    static final String DEAD_LETTERED = "mika.dead_lettered";
    static final String SKIPPED = "mika.skipped";
    static final String PARKED = "mika.parked";
    static final String REWOUND = "mika.rewound";
    static final String IN_FLIGHT = "mika.in_flight";
    static final String OLDEST_OPEN_AGE = "mika.oldest_open_age";
    static final String LAG = "mika.lag";
    static final String PAUSED = "mika.paused";

    /** The buckets that the conventions advise. */
    static Duration[] processBuckets() {
        return LongStream.of(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000)
                .mapToObj(Duration::ofMillis)
                .toArray(Duration[]::new);
    }
}
