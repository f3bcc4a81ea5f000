package io.mika.test.rules;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Stands between an engine and its consumer, and notes all calls, of either side. <i>For one thread.</i> */
final class ConsumerCalls implements UnaryOperator<Consumer<byte[], byte[]>> {
    private static final Set<String> PLAIN = Set.of("assignment", "paused", "groupMetadata");

    /** What was called, by the engine or, with {@code onPartitions...} and {@code ...End}, by Kafka. */
    record Call(String method, List<?> arguments) {
        boolean is(String name) {
            return method.equals(name);
        }

        boolean isCommit() {
            return is("commitAsync") || is("commitSync");
        }

        @SuppressWarnings("unchecked")
        Map<TopicPartition, OffsetAndMetadata> offsets() {
            return (Map<TopicPartition, OffsetAndMetadata>) arguments.get(0);
        }

        @SuppressWarnings("unchecked")
        Collection<TopicPartition> partitions() {
            return (Collection<TopicPartition>) arguments.get(0);
        }

        @Override
        public String toString() {
            return method + arguments;
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /** What becomes of what a poll brought. */
    UnaryOperator<ConsumerRecords<byte[], byte[]>> polled = records -> records;

    Runnable beforePoll = () -> {};
    /** Runs as a revoke begins. */
    Runnable onRevoke = () -> {};
    /** These seem not to be assigned. */
    final Set<TopicPartition> hidden = new HashSet<>();

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> apply(Consumer<byte[], byte[]> behind) {
        consumer = behind;
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                ConsumerCalls.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (proxy, method, arguments) -> call(method, arguments));
    }

    /** Kafka's consumer itself. */
    Consumer<byte[], byte[]> behind() {
        return Objects.requireNonNull(consumer, "not started");
    }

    List<Call> all() {
        return List.copyOf(calls);
    }

    void clear() {
        calls.clear();
    }

    /** What was sent to be committed, whether or not the brokers took it. */
    List<Map<TopicPartition, OffsetAndMetadata>> commits() {
        return calls.stream().filter(Call::isCommit).map(Call::offsets).toList();
    }

    /** What was sent to be committed of this partition. */
    List<Long> commits(TopicPartition partition) {
        return commits().stream()
                .filter(offsets -> offsets.containsKey(partition))
                .map(offsets -> offsets.get(partition).offset())
                .toList();
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (!PLAIN.contains(name)) {
            calls.add(new Call(name, arguments == null ? List.of() : Arrays.asList(arguments.clone())));
        }
        return switch (name) {
            case "poll" -> poll(method, arguments);
            case "assignment" -> visible(behind().assignment());
            case "subscribe" -> {
                Object[] noted = Objects.requireNonNull(arguments).clone();
                noted[1] = noted((ConsumerRebalanceListener) noted[1]);
                yield invoke(method, noted);
            }
            default -> invoke(method, arguments);
        };
    }

    @SuppressWarnings("unchecked")
    private ConsumerRecords<byte[], byte[]> poll(Method method, Object @Nullable [] arguments) throws Throwable {
        beforePoll.run();
        Object records = Objects.requireNonNull(invoke(method, arguments));
        return polled.apply((ConsumerRecords<byte[], byte[]>) records);
    }

    private Set<TopicPartition> visible(Set<TopicPartition> assigned) {
        Set<TopicPartition> visible = new HashSet<>(assigned);
        visible.removeAll(hidden);
        return visible;
    }

    private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(behind(), arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private ConsumerRebalanceListener noted(ConsumerRebalanceListener listener) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                note("onPartitionsRevoked", partitions);
                onRevoke.run();
                listener.onPartitionsRevoked(partitions);
                note("onPartitionsRevokedEnd", partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                note("onPartitionsAssigned", partitions);
                listener.onPartitionsAssigned(partitions);
                note("onPartitionsAssignedEnd", partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                note("onPartitionsLost", partitions);
                listener.onPartitionsLost(partitions);
                note("onPartitionsLostEnd", partitions);
            }
        };
    }

    private void note(String what, Collection<TopicPartition> partitions) {
        calls.add(new Call(what, List.of(partitions)));
    }
}
