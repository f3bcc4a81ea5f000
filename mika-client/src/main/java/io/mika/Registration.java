package io.mika;

import io.mika.consumer.BatchHandler;
import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.DeliveryHandler;
import io.mika.consumer.TopicConsumer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as the builder was told. <i>Immutable</i>: the options are a copy.
 *
 * @param batches in the place of the handler; null for a consumer of single records
 */
record Registration(
        String topic,
        ConsumerOptions options,
        DeliveryHandler handler,
        @Nullable BatchHandler batches) {

    static Registration of(String topic, Consumer<ConsumerOptions> configure, DeliveryHandler handler) {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(handler, "handler");
        ConsumerOptions options = ConsumerOptions.create();
        configure.accept(options);
        return new Registration(topic, options.copy(), handler, null);
    }

    static Registration ofBatches(String topic, Consumer<ConsumerOptions> configure, BatchHandler handler) {
        Objects.requireNonNull(handler, "handler");
        Registration single = of(topic, configure, delivery -> {});
        return new Registration(topic, single.options(), single.handler(), handler);
    }

    static Registration of(TopicConsumer consumer) {
        String topic = Objects.requireNonNull(consumer.topic(), "topic");
        return of(topic, options -> configure(consumer, options), consumer::consume);
    }

    /** What stays at its default is not set, so that {@code configure} may set it. */
    private static void configure(TopicConsumer consumer, ConsumerOptions options) {
        int retries = consumer.retries();
        if (retries != 0) {
            options.retries(retries);
        }
        if (consumer.useDlq()) {
            options.useDlq();
        }
        consumer.configure(options);
    }
}
