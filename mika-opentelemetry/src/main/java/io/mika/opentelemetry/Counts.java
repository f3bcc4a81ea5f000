package io.mika.opentelemetry;

import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import io.mika.event.SkipReason;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** What is counted and timed as it happens. <i>Thread-safe.</i> */
final class Counts {
    private final DoubleHistogram processDuration;
    private final LongCounter consumed;
    private final LongCounter sent;
    private final LongCounter retried;
    private final LongCounter deadLettered;
    private final LongCounter skipped;
    private final LongCounter parked;
    private final LongCounter rewound;

    /** Of successes, by topic: the same few, over and over. */
    private final Map<String, Attributes> ofConsumed = new ConcurrentHashMap<>();

    private final Map<String, Attributes> ofSent = new ConcurrentHashMap<>();
    private final Map<Read, Attributes> ofAcked = new ConcurrentHashMap<>();

    private volatile @Nullable String group;

    /** A topic that is read on behalf of a consumer. */
    private record Read(String destination, String topic) {}

    Counts(Meter meter) {
        processDuration = meter.histogramBuilder(Names.PROCESS_DURATION)
                .setUnit("s")
                .setDescription("Duration of processing operation.")
                .setExplicitBucketBoundariesAdvice(Names.PROCESS_BUCKETS)
                .build();
        consumed = counter(
                meter, Names.CONSUMED, "{message}", "Number of messages that were delivered to the application.");
        sent = counter(meter, Names.SENT, "{message}", "Number of messages producer attempted to send to the broker.");
        retried = counter(meter, Names.RETRIED, "{record}", "Deliveries that failed and come again.");
        deadLettered = counter(
                meter, Names.DEAD_LETTERED, "{record}", "Deliveries that failed and went to the dead letter queue.");
        skipped = counter(
                meter,
                Names.SKIPPED,
                "{record}",
                "Records of the retry topic or the dead letter queue that were not handed out here.");
        parked = counter(
                meter, Names.PARKED, "{record}", "Records that were moved on to another partition of the retry topic.");
        rewound = counter(meter, Names.REWOUND, "{partition}", "Times that a partition's position went back.");
    }

    private static LongCounter counter(Meter meter, String name, String unit, String description) {
        return meter.counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    void ofGroup(@Nullable String name) {
        group = name;
    }

    boolean areOff() {
        return !processDuration.isEnabled() && !consumed.isEnabled() && !sent.isEnabled();
    }

    // ---- deliveries

    DeliveryObserver delivering(Delivery delivery) {
        String destination = delivery.record().topic();
        consumed.add(
                1,
                ofConsumed.computeIfAbsent(destination, name -> ofProcess(name).build()));
        return new Timing(destination, delivery.topic());
    }

    private AttributesBuilder ofProcess(String destination) {
        return withGroup(messaging(Names.PROCESS, destination));
    }

    private AttributesBuilder withGroup(AttributesBuilder attributes) {
        String name = group;
        return name == null ? attributes : attributes.put(Names.GROUP, name);
    }

    private static AttributesBuilder messaging(String operation, String destination) {
        return Attributes.builder()
                .put(Names.SYSTEM, Names.KAFKA)
                .put(Names.OPERATION_NAME, operation)
                .put(Names.DESTINATION, destination);
    }

    private final class Timing implements DeliveryObserver {
        private final String destination;
        private final String topic;
        private final long began = System.nanoTime();

        Timing(String destination, String topic) {
            this.destination = destination;
            this.topic = topic;
        }

        @Override
        public SendObserver sending(ProducerRecord<byte[], byte[]> record, SendPurpose purpose) {
            return Counts.this.sending(record.topic(), purpose);
        }

        @Override
        public void settled(Settlement outcome, @Nullable Throwable reason) {
            double seconds = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
            if (outcome == Settlement.ACKED) {
                processDuration.record(
                        seconds,
                        ofAcked.computeIfAbsent(
                                new Read(destination, topic),
                                read -> ofOutcome(outcome).build()));
                return;
            }
            AttributesBuilder attributes = ofOutcome(outcome);
            if (reason != null || outcome != Settlement.NOT_OWNED) {
                attributes.put(Names.ERROR_TYPE, ErrorTypes.of(reason));
            }
            processDuration.record(seconds, attributes.build());
            countFailure(outcome, reason);
        }

        private AttributesBuilder ofOutcome(Settlement outcome) {
            return ofProcess(destination).put(Names.TOPIC, topic).put(Names.OUTCOME, ClientTracing.lowerCase(outcome));
        }

        private void countFailure(Settlement outcome, @Nullable Throwable reason) {
            Attributes attributes = withGroup(
                            Attributes.builder().put(Names.TOPIC, topic).put(Names.ERROR_TYPE, ErrorTypes.of(reason)))
                    .build();
            switch (outcome) {
                case RETRIED, RETRIED_IN_PLACE ->
                    retried.add(
                            1,
                            attributes.toBuilder()
                                    .put(Names.OUTCOME, ClientTracing.lowerCase(outcome))
                                    .build());
                case DEAD_LETTERED -> deadLettered.add(1, attributes);
                default -> {
                    // Nothing failed
                }
            }
        }
    }

    // ---- records on their way out

    SendObserver sending(String destination, SendPurpose purpose) {
        return new SendObserver() {
            @Override
            public void sent(RecordMetadata where) {
                Attributes attributes = ofSent.computeIfAbsent(
                        destination, name -> messaging(Names.SEND, name).build());
                sent.add(1, attributes);
                if (purpose == SendPurpose.PARK) {
                    parked.add(1, withGroup(Attributes.builder()).build());
                }
            }

            @Override
            public void failed(Throwable error) {
                sent.add(
                        1,
                        messaging(Names.SEND, destination)
                                .put(Names.ERROR_TYPE, ErrorTypes.of(error))
                                .build());
            }
        };
    }

    // ---- what listeners are told

    void skipped(String topic, SkipReason reason, int records) {
        skipped.add(
                records,
                withGroup(Attributes.builder()
                                .put(Names.TOPIC, topic)
                                .put(Names.REASON, ClientTracing.lowerCase(reason)))
                        .build());
    }

    void rewound(Attributes partition) {
        rewound.add(1, withGroup(partition.toBuilder()).build());
    }
}
