package io.mika.test.fake;

import io.mika.engine.Lookups;
import io.mika.engine.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;

/** The engine's look-ups on the fake broker. */
final class FakeLookups implements Lookups {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final Broker broker;
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private boolean closed;

    FakeLookups(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, Set<String> topics) {
        return ask("committed", () -> {
            Map<TopicPartition, OffsetAndMetadata> committed = new LinkedHashMap<>();
            broker.group(group).committed().forEach((partition, offset) -> {
                if (topics.contains(partition.topic())) {
                    committed.put(partition, offset);
                }
            });
            return committed;
        });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, LogRange>> ranges(Collection<TopicPartition> partitions) {
        return ask("ranges", () -> {
            Map<TopicPartition, LogRange> ranges = new LinkedHashMap<>();
            for (TopicPartition partition : Topics.sorted(partitions)) {
                FakeLog log = broker.topics.find(partition);
                if (log != null) {
                    ranges.put(partition, new LogRange(log.start(), log.end()));
                }
            }
            return ranges;
        });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
            Collection<TopicPartition> partitions, long epochMillis) {
        return ask("offsetsAt", () -> {
            Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
            for (TopicPartition partition : Topics.sorted(partitions)) {
                FakeLog log = broker.topics.find(partition);
                if (log != null) {
                    FakeLog.Entry first = log.firstSince(epochMillis);
                    offsets.put(partition, first == null ? log.end() : first.offset());
                }
            }
            return offsets;
        });
    }

    @Override
    public CompletableFuture<Map<String, TopicFacts>> describe(Set<String> topics) {
        return ask("describe", () -> {
            Map<String, TopicFacts> facts = new LinkedHashMap<>();
            for (String name : new TreeSet<>(topics)) {
                Topics.Topic topic = broker.topics.find(name);
                if (topic != null) {
                    facts.put(name, new TopicFacts(topic.id(), topic.logs().size()));
                }
            }
            return facts;
        });
    }

    /** Without faults, but for a broker that is down. */
    @Override
    public CompletableFuture<Setup> setup(@Nullable String group, Set<String> topics) {
        CompletableFuture<Setup> future = new CompletableFuture<>();
        if (broker.isDown()) {
            asked.add(future);
            timeOutLater(future);
        } else {
            Map<String, Setup.Topic> found = new LinkedHashMap<>();
            for (String name : new TreeSet<>(topics)) {
                found.put(name, topic(name));
            }
            future.complete(new Setup(found, Optional.of(broker.autoCreate), false));
        }
        return future;
    }

    private Setup.Topic topic(String name) {
        if (broker.topics.find(name) == null) {
            return Setup.Topic.absent(Setup.Presence.MISSING);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(broker.maxMessageBytes));
        settings.putAll(broker.topicSettings.getOrDefault(name, Map.of()));
        return new Setup.Topic(Setup.Presence.THERE, 1, Optional.empty(), settings);
    }

    @Override
    public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return ask("alter", () -> {
            Coordinator coordinator = broker.group(group);
            if (!coordinator.members().isEmpty()) {
                throw new UnknownMemberIdException();
            }
            offsets.forEach((partition, offset) -> coordinator.write(CommitEntry.Sender.STRANGER, partition, offset));
            return null;
        });
    }

    @Override
    public void close(Duration timeout) {
        closed = true;
        asked.forEach(future -> future.completeExceptionally(closedException()));
    }

    private <T> CompletableFuture<T> ask(String question, Supplier<T> answer) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (closed) {
            future.completeExceptionally(closedException());
            return future;
        }
        Fate fate = broker.faults.lookup(question);
        asked.removeIf(CompletableFuture::isDone);
        asked.add(future);
        long delay = fate.underway().toNanos();
        Runnable reply = () -> reply(future, fate, answer);
        if (broker.isDown() || !fate.answered()) {
            timeOutLater(future);
            if (fate.answered()) {
                broker.onUp(reply);
            }
        } else if (delay > 0) {
            broker.answers.add(broker.in(delay), reply);
        } else {
            reply.run();
        }
        return future;
    }

    /** The broker answers what it knows now, however long that is under way. */
    private <T> void reply(CompletableFuture<T> future, Fate fate, Supplier<T> answer) {
        Runnable answered = answered(future, fate, answer);
        if (fate.answer().isZero()) {
            answered.run();
        } else {
            broker.answers.add(broker.in(fate.answer().toNanos()), answered);
        }
    }

    private static <T> Runnable answered(CompletableFuture<T> future, Fate fate, Supplier<T> answer) {
        RuntimeException error = fate.error();
        if (error != null) {
            return () -> future.completeExceptionally(error);
        }
        try {
            T found = answer.get();
            return () -> future.complete(found);
        } catch (RuntimeException refused) {
            return () -> future.completeExceptionally(refused);
        }
    }

    private void timeOutLater(CompletableFuture<?> future) {
        broker.answers.add(broker.in(REQUEST_TIMEOUT.toNanos()), () -> timeOut(future));
    }

    private static void timeOut(CompletableFuture<?> future) {
        future.completeExceptionally(new TimeoutException("The broker did not answer in time"));
    }

    private static IllegalStateException closedException() {
        return new IllegalStateException("The look-ups are closed");
    }
}
