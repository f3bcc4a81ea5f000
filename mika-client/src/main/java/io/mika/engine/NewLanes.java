package io.mika.engine;

import static java.util.Objects.requireNonNull;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Ordering;
import io.mika.consumer.Source;
import io.mika.record.SettledRanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Makes the lane of a partition that was assigned, by what its topic is to this client. <i>Owned by the poll thread.</i> */
final class NewLanes {
    private final Engine.Config config;
    private final LaneContext context;
    private final EngineEvents events;
    private final RetryConsumers consumers;
    private final @Nullable DlqPass dlqPass;
    private final Map<String, Engine.Binding> bindings = new HashMap<>();
    private final Map<String, Dispatch> dispatches = new HashMap<>();
    private final List<Gate> gates;

    NewLanes(
            Engine.Config config,
            Executor handlers,
            Map<String, Gate> gates,
            LaneContext context,
            EngineEvents events,
            RetryConsumers consumers,
            @Nullable DlqPass dlqPass) {
        this.config = config;
        this.context = context;
        this.events = events;
        this.consumers = consumers;
        this.dlqPass = dlqPass;
        this.gates = List.copyOf(gates.values());
        for (Engine.Binding binding : config.bindings()) {
            Gate gate = requireNonNull(gates.get(binding.topic()));
            Dispatch dispatch = new Dispatch(handlers, concurrency(binding), context, gate);
            bindings.put(binding.wireTopic(), binding);
            dispatches.put(binding.wireTopic(), dispatch);
            int atOnce = binding.options().ordering() == Ordering.PARTITION ? 1 : concurrency(binding);
            consumers.add(new RetryConsumer(binding, dispatch, atOnce, new WaitingBudget(config.limits())));
        }
    }

    private int concurrency(Engine.Binding binding) {
        boolean inOrder = binding.options().ordering() == Ordering.PARTITION;
        return binding.options()
                .concurrency()
                .orElse(inOrder ? config.defaultConcurrency() : ConsumerOptions.DEFAULT_UNORDERED_CONCURRENCY);
    }

    Lane of(TopicPartition partition) {
        gates.forEach(gate -> gate.assigned(partition, context.nanoTime()));
        String topic = partition.topic();
        Engine.Binding binding = bindings.get(topic);
        Dispatch dispatch = dispatches.get(topic);
        if (binding != null && dispatch != null) {
            return own(partition, binding, dispatch);
        }
        if (topic.equals(config.failureTopics().retryTopic())) {
            return sorted(partition, Source.RETRY, SettledRanges.NONE);
        }
        if (dlqPass != null && dlqPass.isOf(partition)) {
            dlqPass.assignmentChanged();
            return sorted(partition, Source.DLQ, dlqPass.replayed(partition));
        }
        throw new IllegalStateException("assigned " + partition + ", of a topic without a consumer");
    }

    private Lane own(TopicPartition partition, Engine.Binding binding, Dispatch dispatch) {
        boolean inOrder = binding.options().ordering() == Ordering.PARTITION;
        if (inOrder && !binding.isBatched()) {
            return new Lane(partition, binding, context, dispatch);
        }
        int atOnce = inOrder ? 1 : concurrency(binding);
        return Lane.unordered(
                partition, context, lane -> new UnorderedHandOut(lane, binding, context, dispatch, atOnce));
    }

    private Lane sorted(TopicPartition partition, Source source, SettledRanges replayed) {
        return Lane.sorted(
                partition, context, lane -> new RetryHandOut(lane, source, replayed, context, consumers, events));
    }
}
