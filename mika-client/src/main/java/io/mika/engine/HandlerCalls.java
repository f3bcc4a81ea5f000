package io.mika.engine;

import io.mika.consumer.BatchHandler;
import io.mika.consumer.DeliveryHandler;
import java.util.List;
import java.util.Objects;
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
    void deliver(OpenDelivery delivery, boolean remember) {
        if (remember) {
            begins(delivery, context.nanoTime());
        }
        Attempt attempt = delivery.is();
        MDC.enter(delivery.record(), attempt);
        try {
            Interception interception = context.interception();
            Observed observed = interception == null ? null : lane.observe(delivery, interception);
            Throwable thrown = call(attempt.binding().handler(), delivery);
            if (observed != null) {
                observed.returned(thrown);
            }
            if (thrown != null) {
                thrown(List.of(delivery), thrown);
            }
        } finally {
            if (remember) {
                delivery.callEnds();
            }
            MDC.leave();
        }
        lane.returned(delivery.chunk(), delivery.index());
    }

    /** One call with several records of the same consumer. */
    void deliver(List<OpenDelivery> deliveries, boolean remember) {
        if (remember) {
            long now = context.nanoTime();
            deliveries.forEach(delivery -> begins(delivery, now));
        }
        OpenDelivery first = deliveries.get(0);
        Engine.Binding binding = first.is().binding();
        BatchHandler handler = Objects.requireNonNull(binding.batches());
        MDC.enter(first.record(), first.is());
        try {
            List<Observed> observed = observed(deliveries);
            Throwable thrown = call(handler, new OpenBatch(binding.topic(), deliveries));
            for (int i = observed.size() - 1; i >= 0; i--) {
                observed.get(i).returned(thrown); // what each has put around the call is taken off in reverse
            }
            if (thrown != null) {
                thrown(deliveries, thrown);
            }
        } finally {
            if (remember) {
                deliveries.forEach(OpenDelivery::callEnds);
            }
            MDC.leave();
        }
        deliveries.forEach(delivery -> lane.returned(delivery.chunk(), delivery.index()));
    }

    private static void begins(OpenDelivery delivery, long now) {
        delivery.callBegins(now);
        delivery.chunk().remember(delivery.index(), delivery);
    }

    private List<Observed> observed(List<OpenDelivery> deliveries) {
        Interception interception = context.interception();
        return interception == null
                ? List.of()
                : deliveries.stream()
                        .map(delivery -> lane.observe(delivery, interception))
                        .filter(Objects::nonNull)
                        .toList();
    }

    /** What is open fails; where all is settled, nobody would hear of it otherwise. */
    private void thrown(List<OpenDelivery> deliveries, Throwable thrown) {
        if (thrown instanceof Error) {
            passOn(thrown);
        }
        if (!context.settlesThrown()) {
            return;
        }
        boolean news = true;
        for (OpenDelivery delivery : deliveries) {
            if (delivery.isDiscarded() || delivery.wasInterrupted()) {
                news = false;
            } else if (!delivery.isSettled()) {
                news = false;
                var unused = delivery.fail(thrown);
            }
        }
        if (news) {
            context.error(thrown);
        }
    }

    private static @Nullable Throwable call(DeliveryHandler handler, OpenDelivery delivery) {
        try {
            handler.handle(delivery);
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }

    private static @Nullable Throwable call(BatchHandler handler, OpenBatch batch) {
        try {
            handler.handle(batch);
            return null;
        } catch (Throwable thrown) {
            return thrown;
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
