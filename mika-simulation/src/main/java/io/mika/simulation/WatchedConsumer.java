package io.mika.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Kafka's consumer as the engine calls it: each call is checked against what this member was told before. */
final class WatchedConsumer implements InvocationHandler {
    private final World world;
    private final Member member;
    private final Consumer<byte[], byte[]> consumer;
    private final Rules rules;
    /** Within {@code onPartitionsAssigned}, where positions are provisional. */
    private boolean assigning;

    WatchedConsumer(World world, Member member, Consumer<byte[], byte[]> consumer) {
        this.world = world;
        this.member = member;
        this.consumer = consumer;
        this.rules = new Rules(world, member);
    }

    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> proxy() {
        return (Consumer<byte[], byte[]>)
                Proxy.newProxyInstance(Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, this);
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        if (member.isDead() || world.isViolated()) {
            return call(method, given);
        }
        switch (method.getName()) {
            case "poll" -> {
                return poll(method, given);
            }
            case "subscribe" -> {
                rules.subscribes((Collection<String>) given[0]);
                member.dlqConsumption.subscribes((Collection<String>) given[0]);
                consumer.subscribe((Collection<String>) given[0], new Callbacks((ConsumerRebalanceListener) given[1]));
                return null;
            }
            case "seek" -> {
                seek((TopicPartition) given[0], (OffsetAndMetadata) given[1]);
                return null;
            }
            case "commitAsync" -> {
                commitAsync((Map<TopicPartition, OffsetAndMetadata>) given[0], (OffsetCommitCallback) given[1]);
                return null;
            }
            case "commitSync" -> {
                Map<TopicPartition, OffsetAndMetadata> offsets = (Map<TopicPartition, OffsetAndMetadata>) given[0];
                rules.commit(offsets, consumer.assignment());
                call(method, given);
                rules.confirmed(offsets);
                return null;
            }
            case "close" -> {
                world.note(() -> member + " closes its consumer");
                member.consumerCloses();
                return call(method, given);
            }
            case "pause", "resume" -> {
                world.note(() -> member + " " + method.getName() + " " + given[0]);
                world.giveWay();
                return call(method, given);
            }
            default -> {
                return call(method, given);
            }
        }
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    @SuppressWarnings("unchecked")
    private @Nullable Object poll(Method method, Object[] arguments) throws Throwable {
        world.giveWay();
        rules.polls();
        try {
            ConsumerRecords<byte[], byte[]> records = (ConsumerRecords<byte[], byte[]>) call(method, arguments);
            rules.pollReturned();
            if (records != null && !member.isDead()) {
                take(records);
            }
            world.giveWay();
            return records;
        } catch (OffsetOutOfRangeException outOfRange) {
            world.note(() -> member + " poll throws " + outOfRange);
            rules.pollReturned();
            rules.outOfRange(
                    outOfRange.offsetOutOfRangePartitions().keySet(), outOfRange instanceof LogTruncationException);
            throw outOfRange;
        } catch (NoOffsetForPartitionException missing) {
            rules.pollReturned();
            throw missing;
        } finally {
            rules.polled();
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                rules.polled(partition, record);
            }
        }
        next.forEach(rules::moved);
        if (!next.isEmpty()) {
            world.note(() -> member + " polls "
                    + next.entrySet().stream()
                            .map(entry ->
                                    entry.getKey() + "<" + entry.getValue().offset() + "/"
                                            + entry.getValue().leaderEpoch().orElse(-1))
                            .toList());
        }
    }

    private void seek(TopicPartition partition, OffsetAndMetadata to) {
        world.note(() -> member + " seeks " + partition + " " + to.offset()
                + to.leaderEpoch().map(epoch -> "/" + epoch).orElse(""));
        if (!assigning) {
            rules.seek(partition, to);
        }
        consumer.seek(partition, to);
        world.giveWay();
    }

    private void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        rules.commit(offsets, consumer.assignment());
        rules.sent();
        world.giveWay();
        consumer.commitAsync(offsets, (answered, error) -> {
            world.note(() -> member + " commit answered "
                    + (error == null ? "ok" : error.getClass().getSimpleName()));
            rules.answered();
            if (error == null) {
                rules.confirmed(offsets);
            }
            callback.onComplete(answered, error);
        });
    }

    /** The engine's listener, within what it is told. */
    private final class Callbacks implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener listener;

        Callbacks(ConsumerRebalanceListener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            world.note(() -> member + " assigned " + partitions);
            partitions.forEach(rules::assigned);
            assigning = true;
            within(() -> listener.onPartitionsAssigned(partitions));
            assigning = false;
            if (!member.isDead() && !consumer.paused().containsAll(partitions)) {
                throw world.violate(member + " may fetch " + partitions + " before it knows where they begin");
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            world.note(() -> member + " revoked " + partitions);
            partitions.forEach(rules::stopping);
            long began = world.clock.nanos();
            member.revoking = partitions;
            within(() -> listener.onPartitionsRevoked(partitions));
            member.revoking = List.of();
            rules.gaveUp(partitions, world.clock.nanos() - began);
            partitions.forEach(rules::ended);
            world.note(() -> member + " gave up " + partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            world.note(() -> member + " lost " + partitions);
            partitions.forEach(rules::stopping);
            rules.lost();
            within(() -> listener.onPartitionsLost(partitions));
            partitions.forEach(rules::ended);
        }

        private void within(Runnable callback) {
            world.history.in();
            try {
                callback.run();
            } finally {
                world.history.out();
            }
        }
    }
}
