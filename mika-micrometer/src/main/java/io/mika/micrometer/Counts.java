package io.mika.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryObserver;
import io.mika.consumer.SendObserver;
import io.mika.consumer.SendPurpose;
import io.mika.consumer.Settlement;
import io.mika.event.SkipReason;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What is counted and timed as it happens. <i>Thread-safe.</i> */
final class Counts {
    private final MeterRegistry registry;
    private final String group;

    /** Of successes, by topic: the same few, over and over, and a look-up in the registry makes garbage. */
    private final Map<String, Counter> consumed = new ConcurrentHashMap<>();

    private final Map<String, Counter> sent = new ConcurrentHashMap<>();
    private final Map<Read, Timer> acked = new ConcurrentHashMap<>();

    /** A topic that is read on behalf of a consumer. */
    private record Read(String destination, String topic) {}

    /** @param group {@link Names#NONE} if there is none */
    Counts(MeterRegistry registry, String group) {
        this.registry = registry;
        this.group = group;
    }

    // ---- deliveries

    DeliveryObserver delivering(Delivery delivery) {
        String destination = delivery.record().topic();
        consumed.computeIfAbsent(destination, this::consumedFrom).increment();
        return new Timing(destination, delivery.topic());
    }

    private Counter consumedFrom(String destination) {
        return Counter.builder(Names.CONSUMED)
                .description("Number of messages that were delivered to the application.")
                .tags(ofProcess(destination))
                .register(registry);
    }

    private Tags ofProcess(String destination) {
        return messaging(Names.PROCESS, destination).and(Names.GROUP, group);
    }

    private static Tags messaging(String operation, String destination) {
        return Tags.of(Names.SYSTEM, Names.KAFKA, Names.OPERATION_NAME, operation, Names.DESTINATION, destination);
    }

    private final class Timing implements DeliveryObserver {
        private final String destination;
        private final String topic;
        private final long began = registry.config().clock().monotonicTime();

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
            long nanos = registry.config().clock().monotonicTime() - began;
            timer(outcome, reason).record(nanos, TimeUnit.NANOSECONDS);
            switch (outcome) {
                case RETRIED, RETRIED_IN_PLACE -> retried(outcome, reason);
                case DEAD_LETTERED -> deadLettered(reason);
                default -> {
                    // Nothing failed
                }
            }
        }

        private Timer timer(Settlement outcome, @Nullable Throwable reason) {
            if (outcome == Settlement.ACKED) {
                return acked.computeIfAbsent(
                        new Read(destination, topic), read -> processDuration(read, outcome, Names.NONE));
            }
            boolean failed = reason != null || outcome != Settlement.NOT_OWNED;
            return processDuration(new Read(destination, topic), outcome, failed ? ErrorTypes.of(reason) : Names.NONE);
        }

        private void retried(Settlement outcome, @Nullable Throwable reason) {
            count(
                    Names.RETRIED,
                    "Deliveries that failed and come again.",
                    failure(reason).and(Names.OUTCOME, lowerCase(outcome)));
        }

        private void deadLettered(@Nullable Throwable reason) {
            count(Names.DEAD_LETTERED, "Deliveries that failed and went to the dead letter queue.", failure(reason));
        }

        private Tags failure(@Nullable Throwable reason) {
            return Tags.of(Names.GROUP, group, Names.TOPIC, topic, Names.ERROR_TYPE, ErrorTypes.of(reason));
        }
    }

    private Timer processDuration(Read read, Settlement outcome, String error) {
        return Timer.builder(Names.PROCESS_DURATION)
                .description("Duration of processing operation.")
                .serviceLevelObjectives(Names.processBuckets())
                .tags(ofProcess(read.destination())
                        .and(Names.TOPIC, read.topic(), Names.OUTCOME, lowerCase(outcome), Names.ERROR_TYPE, error))
                .register(registry);
    }

    private void count(String name, String description, Tags tags) {
        count(name, description, tags, 1);
    }

    private void count(String name, String description, Tags tags, int amount) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment(amount);
    }

    // ---- records on their way out

    SendObserver sending(String destination, SendPurpose purpose) {
        return new SendObserver() {
            @Override
            public void sent(RecordMetadata where) {
                sent.computeIfAbsent(destination, name -> sentTo(name, Names.NONE))
                        .increment();
                if (purpose == SendPurpose.PARK) {
                    count(
                            Names.PARKED,
                            "Records that were moved on to another partition of the retry topic.",
                            Tags.of(Names.GROUP, group));
                }
            }

            @Override
            public void failed(Throwable error) {
                sentTo(destination, ErrorTypes.of(error)).increment();
            }
        };
    }

    private Counter sentTo(String destination, String error) {
        return Counter.builder(Names.SENT)
                .description("Number of messages producer attempted to send to the broker.")
                .tags(messaging(Names.SEND, destination).and(Names.ERROR_TYPE, error))
                .register(registry);
    }

    // ---- what listeners are told

    void skipped(String topic, SkipReason reason, int records) {
        count(
                Names.SKIPPED,
                "Records of the retry topic or the dead letter queue that were not handed out here.",
                Tags.of(Names.GROUP, group, Names.TOPIC, topic, Names.REASON, lowerCase(reason)),
                records);
    }

    void rewound(TopicPartition partition) {
        count(
                Names.REWOUND,
                "Times that a partition's position went back.",
                Tags.of(
                        Names.GROUP,
                        group,
                        Names.TOPIC,
                        partition.topic(),
                        Names.PARTITION,
                        Integer.toString(partition.partition())));
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
