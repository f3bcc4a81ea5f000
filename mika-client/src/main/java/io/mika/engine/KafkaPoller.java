package io.mika.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The one class that touches Kafka's consumer. <i>Owned by the poll thread</i>, but for {@link #wake}.
 *
 * <p>A wake-up is sent only while the poll thread polls, and at most once per poll: the poll thread says that it
 * polls, and takes that back on entry to each callback. A wake-up that came too late for its poll is met by the next
 * call, which is repeated.
 */
final class KafkaPoller {
    private enum State {
        BUSY,
        POLLING,
        /** Somebody is calling {@code wakeup}; soon {@code WOKEN}. */
        WAKING,
        WOKEN
    }

    private final Consumer<byte[], byte[]> consumer;
    private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);

    KafkaPoller(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Ends the poll under way, if there is one. <i>Thread-safe.</i> */
    void wake() {
        if (state.compareAndSet(State.POLLING, State.WAKING)) {
            consumer.wakeup();
            state.set(State.WOKEN);
        }
    }

    /**
     * Polls; {@code work} is asked after the poll has been announced, so that no wake-up is missed. Woken before Kafka
     * looked at the group, it would say nothing of what was lost meanwhile: so a poll that was woken is made again,
     * without waiting.
     */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout, BooleanSupplier work) {
        state.set(State.POLLING);
        try {
            return consumer.poll(work.getAsBoolean() ? Duration.ZERO : timeout);
        } catch (WakeupException woken) {
            leavePoll();
            return pollAgain();
        } finally {
            leavePoll();
        }
    }

    /** Nobody wakes now; one that came twice may be left. */
    private ConsumerRecords<byte[], byte[]> pollAgain() {
        try {
            return consumer.poll(Duration.ZERO);
        } catch (WakeupException stray) {
            return consumer.poll(Duration.ZERO);
        }
    }

    private void leavePoll() {
        if (!state.compareAndSet(State.POLLING, State.BUSY)) {
            while (state.get() == State.WAKING) {
                Thread.onSpinWait();
            }
            state.set(State.BUSY);
        }
    }

    void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        consumer.subscribe(topics, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsRevoked(partitions));
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsAssigned(partitions));
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                inCallback(() -> listener.onPartitionsLost(partitions));
            }
        });
    }

    /** Callbacks come from poll, and from close, where nobody may wake. */
    private void inCallback(Runnable callback) {
        boolean polling = state.get() != State.BUSY;
        leavePoll();
        callback.run();
        if (polling) {
            state.set(State.POLLING);
        }
    }

    void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
    }

    Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    Set<TopicPartition> paused() {
        return consumer.paused();
    }

    void pause(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
    }

    void resume(Collection<TopicPartition> partitions) {
        consumer.resume(partitions);
    }

    /** Records between the position and the end of the log, as far as the last fetch told. */
    OptionalLong currentLag(TopicPartition partition) {
        return consumer.currentLag(partition);
    }

    void seek(TopicPartition partition, OffsetAndMetadata position) {
        consumer.seek(partition, position);
    }

    /** Whether this member takes part in its group's current generation; it may own no partition. */
    boolean hasJoined() {
        return consumer.groupMetadata().generationId() > 0;
    }

    void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        consumer.commitAsync(offsets, callback);
    }

    void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        try {
            consumer.commitSync(offsets, timeout);
        } catch (WakeupException stray) {
            consumer.commitSync(offsets, timeout);
        }
    }

    void close(Duration timeout) {
        CloseOptions options = CloseOptions.timeout(timeout);
        try {
            consumer.close(options);
        } catch (WakeupException stray) {
            consumer.close(options);
        }
    }
}
