package io.mika.engine;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * What log lines of a handler bear beside their text: topic, partition, offset and attempt of the record that it was given.
 * <i>Thread-safe</i>; each thread has its own. Costs nothing where the logging library has no such context.
 */
final class HandlerMdc {
    static final String TOPIC = "topic";
    static final String PARTITION = "partition";
    static final String OFFSET = "offset";
    static final String ATTEMPT = "attempt";

    private final MDCAdapter adapter;
    private final boolean active;

    HandlerMdc(MDCAdapter adapter) {
        this.adapter = adapter;
        this.active = !(adapter instanceof NOPMDCAdapter);
    }

    /** Of the logging library that was found. */
    static HandlerMdc ofLogging() {
        MDCAdapter found = MDC.getMDCAdapter();
        return new HandlerMdc(found == null ? new NOPMDCAdapter() : found);
    }

    void enter(ConsumerRecord<byte[], byte[]> record, Attempt attempt) {
        if (active) {
            adapter.put(TOPIC, attempt.binding().topic());
            adapter.put(PARTITION, Integer.toString(record.partition()));
            adapter.put(OFFSET, Long.toString(record.offset()));
            adapter.put(ATTEMPT, Integer.toString(attempt.number()));
        }
    }

    void leave() {
        if (active) {
            adapter.remove(TOPIC);
            adapter.remove(PARTITION);
            adapter.remove(OFFSET);
            adapter.remove(ATTEMPT);
        }
    }
}
