package io.mika.engine;

import io.mika.consumer.DeliveryHandler;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Calls a consumer's handler, and fails the deliveries whose call throws. <i>Runs on handler threads.</i> */
final class HandlerCalls {
    private static final HandlerMdc MDC = HandlerMdc.ofLogging();

    private final Lane lane;
    private final LaneContext context;

    HandlerCalls(Lane lane, LaneContext context) {
        this.lane = lane;
        this.context = context;
    }

    /**
     * One call; when it returns the delivery is settled, or open beyond its call.
     *
     * @param remember what is open, and since when; else that is known of its chunk alone
     */
    void deliver(Chunk chunk, int index, ConsumerRecord<byte[], byte[]> record, Attempt attempt, boolean remember) {
        OpenDelivery delivery = new OpenDelivery(chunk, index, record, attempt);
        if (remember) {
            delivery.callBegins(context.nanoTime());
            chunk.remember(index, delivery);
        }
        MDC.enter(record, attempt);
        try {
            Interception interception = context.interception();
            Observed observed = interception == null ? null : lane.observe(delivery, interception);
            Throwable thrown = call(attempt.binding().handler(), delivery);
            if (observed != null) {
                observed.returned(thrown);
            }
            if (thrown != null) {
                thrown(delivery, thrown);
            }
        } finally {
            if (remember) {
                delivery.callEnds();
            }
            MDC.leave();
        }
        lane.returned(chunk, index);
    }

    private static @Nullable Throwable call(DeliveryHandler handler, OpenDelivery delivery) {
        try {
            handler.handle(delivery);
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }

    private void thrown(OpenDelivery delivery, Throwable thrown) {
        if (thrown instanceof Error) {
            passOn(thrown);
        }
        if (!context.settlesThrown() || delivery.isDiscarded() || delivery.wasInterrupted()) {
            return;
        }
        if (delivery.isSettled()) {
            context.error(thrown);
        } else {
            var unused = delivery.fail(thrown);
        }
    }

    /** The thread lives on, for the lane's next record; whatever its handler throws is ignored, as the platform does. */
    private static void passOn(Throwable error) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        } catch (Throwable ignored) {
            // As Thread does
        }
    }
}
