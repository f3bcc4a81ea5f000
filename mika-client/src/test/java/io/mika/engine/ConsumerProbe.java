package io.mika.engine;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A Kafka consumer that notes what is called, for a {@link KafkaPoller}. */
final class ConsumerProbe {
    final AtomicInteger wakeups = new AtomicInteger();
    /** What was called that changes something, with its first argument. */
    final List<String> calls = new ArrayList<>();

    final Set<TopicPartition> assignment = new HashSet<>();
    final Set<TopicPartition> paused = new HashSet<>();
    final List<Duration> pollTimeouts = new ArrayList<>();
    /** Thrown by the next calls, one each. */
    final Queue<RuntimeException> troubles = new ArrayDeque<>();

    Runnable duringPoll = () -> {};
    Runnable duringWakeup = () -> {};
    private @Nullable ConsumerRebalanceListener listener;

    @SuppressWarnings("unchecked")
    KafkaPoller poller() {
        Object proxy = Proxy.newProxyInstance(
                Consumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (self, method, arguments) -> call(method.getName(), arguments));
        return new KafkaPoller((Consumer<byte[], byte[]>) proxy);
    }

    ConsumerRebalanceListener listener() {
        return Objects.requireNonNull(listener, "not subscribed");
    }

    void strayWakeup() {
        troubles.add(new WakeupException());
    }

    private @Nullable Object call(String method, Object @Nullable [] arguments) {
        return switch (method) {
            case "wakeup" -> {
                wakeups.incrementAndGet();
                duringWakeup.run();
                yield null;
            }
            case "poll" -> poll(argument(arguments, 0));
            case "assignment" -> Set.copyOf(assignment);
            case "paused" -> Set.copyOf(paused);
            case "pause" -> {
                paused.addAll(noted(method, arguments));
                yield null;
            }
            case "resume" -> {
                paused.removeAll(noted(method, arguments));
                yield null;
            }
            case "subscribe" -> {
                listener = argument(arguments, 1);
                yield null;
            }
            case "commitSync", "close" -> {
                calls.add(method);
                trouble();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        pollTimeouts.add(timeout);
        duringPoll.run();
        trouble();
        return ConsumerRecords.empty();
    }

    private void trouble() {
        RuntimeException next = troubles.poll();
        if (next != null) {
            throw next;
        }
    }

    private Collection<TopicPartition> noted(String method, Object @Nullable [] arguments) {
        Collection<TopicPartition> partitions = argument(arguments, 0);
        calls.add(method + " "
                + new TreeSet<>(
                        partitions.stream().map(TopicPartition::toString).toList()));
        return partitions;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T argument(Object @Nullable [] arguments, int index) {
        return (T) Objects.requireNonNull(arguments)[index];
    }
}
