package io.mika.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * The names that spans and metrics bear, each with its source.
 *
 * <p>Those that begin with {@code messaging} or {@code error} are of OpenTelemetry's semantic conventions 1.44.0; the
 * comments name the page there: [kafka] is {@code docs/messaging/kafka.md}, [spans] {@code
 * docs/messaging/messaging-spans.md}, [metrics] {@code docs/messaging/messaging-metrics.md}, [error] {@code
 * docs/registry/attributes/error.md}. They tell topics and groups as on the wire. Those that begin with {@code mika} are
 * ours, and tell topics as the application names them.
 */
final class Names {
    private Names() {}

    // ---- attributes

    /** [kafka] Required; {@code kafka}. */
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");

    static final String KAFKA = "kafka";

    /** [kafka] Required: the operation in the system's words; the span's name begins with it. */
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");

    /** [kafka] Conditionally required; of the values in [spans], "Operation types". */
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");

    static final String PROCESS = "process";
    static final String SEND = "send";

    /** [kafka] Conditionally required: the topic that is read or written. */
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

    /** [kafka] Recommended, as text. */
    static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");

    /** [kafka] Recommended. */
    static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    /** [kafka] Recommended, where the key is text; bytes have no canonical text. */
    static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");

    /** [kafka] Conditionally required, where it is true: the record has no value. */
    static final AttributeKey<Boolean> TOMBSTONE = AttributeKey.booleanKey("messaging.kafka.message.tombstone");

    /** [kafka] Conditionally required, where there is a group. */
    static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");

    /** [kafka] Recommended. */
    static final AttributeKey<String> CLIENT = AttributeKey.stringKey("messaging.client.id");

    /** [error] Conditionally required, where the operation failed: the class of the exception. */
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /** [error] Where there is no exception. */
    static final String OTHER_ERROR = "_OTHER";

    /** Ours: the consumer's topic, as it was registered; also for records of the retry topic. */
    static final AttributeKey<String> TOPIC = AttributeKey.stringKey("mika.topic");

    /** Ours: from 1, over tries in place and hops. */
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("mika.attempt");

    /** Ours: {@code topic}, {@code retry} or {@code dlq}. */
    static final AttributeKey<String> SOURCE = AttributeKey.stringKey("mika.source");

    /** Ours: what became of the delivery; the names of {@code Settlement}, in lower case. */
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("mika.outcome");

    /** Ours: why a record is sent; the names of {@code SendPurpose}, in lower case. */
    static final AttributeKey<String> PURPOSE = AttributeKey.stringKey("mika.purpose");

    /** Ours, of a link: what is at its other end. */
    static final AttributeKey<String> LINK = AttributeKey.stringKey("mika.link");

    /** Where the record comes from. */
    static final String LINK_CREATION = "creation";
    /** The first attempt at the record. */
    static final String LINK_FIRST_ATTEMPT = "first attempt";

    /** Ours, of gauges. */
    static final AttributeKey<Long> PARTITION_NUMBER = AttributeKey.longKey("mika.partition");

    /** Ours: why records were skipped, or a partition is paused. */
    static final AttributeKey<String> REASON = AttributeKey.stringKey("mika.reason");

    /** Ours, an event of a span: the delivery was failed, that led nowhere, and it is open again. */
    static final String UNROUTABLE = "mika.unroutable";

    // ---- metrics

    /** [metrics] Histogram. */
    static final String PROCESS_DURATION = "messaging.process.duration";

    /** [metrics] "ExplicitBucketBoundaries" of the same. */
    static final List<Double> PROCESS_BUCKETS =
            List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

    /** [metrics] Counter. */
    static final String CONSUMED = "messaging.client.consumed.messages";

    /** [metrics] Counter. */
    static final String SENT = "messaging.client.sent.messages";

    /** Ours, counters. */
    static final String RETRIED = "mika.retried";

    static final String DEAD_LETTERED = "mika.dead_lettered";
    static final String SKIPPED = "mika.skipped";
    static final String PARKED = "mika.parked";
    static final String REWOUND = "mika.rewound";

    /** Ours, gauges. */
    static final String IN_FLIGHT = "mika.in_flight";

    static final String OLDEST_OPEN_AGE = "mika.oldest_open_age";
    static final String LAG = "mika.lag";
    static final String PAUSED = "mika.paused";
}
