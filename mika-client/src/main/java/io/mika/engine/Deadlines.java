package io.mika.engine;

import io.mika.consumer.DeadlinePolicy;
import io.mika.error.AckDeadlineException;
import io.mika.event.StuckRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks for deliveries that are open for longer than they may, reports them, and does what the consumer's options say.
 * <i>Owned by the poll thread.</i>
 */
final class Deadlines {
    private final EngineEvents events;
    private final Executor callbacks;
    /** The first overdue offset of a partition that was told; one is told once. */
    private final Map<TopicPartition, Long> told = new HashMap<>();

    /** @param callbacks where deliveries are failed, since finding their way calls what the application wrote */
    Deadlines(EngineEvents events, Executor callbacks) {
        this.events = events;
        this.callbacks = callbacks;
    }

    /** Looks at each lane; what is stuck, in words. */
    List<String> look(Lanes lanes, long now) {
        List<String> stuck = new ArrayList<>();
        Set<TopicPartition> owned = lanes.all().stream().map(Lane::partition).collect(Collectors.toSet());
        told.keySet().retainAll(owned);
        for (Lane lane : lanes) {
            lane.look(now);
            look(lane, now, stuck);
        }
        return stuck;
    }

    private void look(Lane lane, long now, List<String> stuck) {
        List<OpenRecord> overdue = lane.handedOpen().stream()
                .filter(open -> now - open.deadline() >= 0)
                .toList();
        if (overdue.isEmpty()) {
            told.remove(lane.partition());
            return;
        }
        TopicPartition named = events.named(lane.partition());
        OpenRecord first = overdue.get(0);
        stuck.add(named + "@" + first.offset() + " is open for "
                + first.age(now).toSeconds() + " s"
                + (overdue.size() == 1 ? "" : ", and " + (overdue.size() - 1) + " more"));
        Long before = told.put(lane.partition(), first.offset());
        if (before == null || before != first.offset()) {
            events.stuck(new StuckRecord(
                    named.topic(),
                    named.partition(),
                    first.offset(),
                    first.age(now),
                    Optional.ofNullable(lane.handlerOf(first)),
                    Optional.empty()));
        }
        overdue.forEach(open -> act(open.delivery(), now));
    }

    private void act(@Nullable OpenDelivery delivery, long now) {
        if (delivery == null) {
            return; // of a consumer that wants no more than a report
        }
        Duration deadline = delivery.is().binding().options().ackDeadline();
        DeadlinePolicy policy = delivery.is().binding().options().deadlinePolicy();
        if (!delivery.is().actsOnDeadline()) {
            return;
        }
        delivery.extendTo(now + Nanos.of(deadline)); // if it leads nowhere, it is tried again then
        callbacks.execute(() -> {
            switch (policy) {
                case WARN -> {}
                case RETRY -> {
                    var unused = delivery.retry(new AckDeadlineException(deadline));
                }
                case FAIL -> {
                    var unused = delivery.fail(new AckDeadlineException(deadline));
                }
            }
            delivery.interrupt();
        });
    }
}
