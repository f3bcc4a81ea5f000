package io.mika.engine;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * What the engine is built from, so that a test can drive it with virtual time and a fake broker, from a seed, in one
 * thread. Internal: for {@code mika-test} and the client; no API.
 *
 * @param nanoClock monotonic time in nanoseconds
 * @param wallClock epoch milliseconds
 * @param consumer makes the Kafka consumer; called once, on the poll thread; never called without bindings
 * @param reader makes a consumer without a group, for what is read beside the subscription; called on any thread
 * @param lookups makes look-ups; called on the poll thread for the engine's own, on any thread for others
 * @param failureProducer makes the producer behind the retry topic and the dead letter queue; called with the first
 *     failure, and again for one that broke
 * @param senders makes an executor that runs one task after another, for each of the two; a task may block in {@code
 *     send}
 * @param handlers where lanes run; a task occupies it for as long as a handler does
 * @param callbacks where futures and listener events complete, in order
 * @param signal how the poll thread waits for work while it must not poll
 */
public record EngineParts(
        LongSupplier nanoClock,
        LongSupplier wallClock,
        Supplier<Consumer<byte[], byte[]>> consumer,
        Supplier<Consumer<byte[], byte[]>> reader,
        Supplier<Lookups> lookups,
        Supplier<Producer<byte[], byte[]>> failureProducer,
        Supplier<Executor> senders,
        Executor handlers,
        Executor callbacks,
        Signal signal) {

    /**
     * Wakes a waiting poll thread. {@code raise} is called from any thread; a raise that nobody waited for is kept for
     * the next {@code await}.
     */
    public interface Signal {
        /** Ends the wait under way, or the next one. */
        void raise();

        /** Waits until raised, or until the time is over. */
        void await(long nanos);
    }
}
