package io.mika.test.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A consumer of the fake broker. <i>For one thread</i>, but for {@link #wakeup()}. */
final class FakeConsumer implements ConsumerPositions {

    private final Broker broker;
    private final ConsumerSettings settings;
    private final Positions positions;
    private final Fetcher fetcher;
    private final Commits commits;
    private @Nullable Membership membership;
    private volatile boolean woken;
    private boolean closed;

    FakeConsumer(Broker broker, ConsumerSettings settings) {
        this.broker = broker;
        this.settings = settings;
        this.positions = new Positions(broker, settings);
        this.fetcher = new Fetcher(broker, positions, settings.maxPollRecords());
        this.commits = new Commits(broker, settings);
    }

    // --- what to read ---

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        ensureOpen();
        String group = group();
        if (topics.isEmpty()) {
            unsubscribe();
            return;
        }
        if (membership == null && !positions.isEmpty()) {
            throw new IllegalStateException("Subscription to topics, partitions and pattern are mutually exclusive");
        }
        Set<String> wanted = new TreeSet<>(topics);
        if (membership == null) {
            membership = new Membership(broker.group(group), settings, positions, wanted, listener);
        } else {
            membership.subscribe(wanted, listener);
        }
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        ensureOpen();
        if (partitions.isEmpty()) {
            unsubscribe();
            return;
        }
        if (membership != null) {
            throw new IllegalStateException("Subscription to topics, partitions and pattern are mutually exclusive");
        }
        positions.assign(Topics.sorted(partitions));
    }

    @Override
    public void unsubscribe() {
        ensureOpen();
        Membership ending = membership;
        if (ending != null) {
            ending.end(true, broker.now());
        }
        membership = null;
        positions.assign(new TreeSet<>(Topics.ORDER));
    }

    @Override
    public Set<String> subscription() {
        ensureOpen();
        return membership == null ? Set.of() : new LinkedHashSet<>(membership.topics());
    }

    // --- reading ---

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        ensureOpen();
        if (membership == null && positions.isEmpty()) {
            throw new IllegalStateException("Consumer is not subscribed to any topics or assigned any partitions");
        }
        long deadline = broker.in(timeout.toNanos());
        RuntimeException fault = broker.faults.poll(memberId());
        if (fault != null) {
            throw fault;
        }
        List<ConsumerRecords<byte[], byte[]>> found = new ArrayList<>(1);
        while (found.isEmpty()) {
            throwIfWoken();
            broker.tick();
            commits.runCallbacks();
            advance(found);
            if (found.isEmpty() && !waitForMore(deadline)) {
                throwIfWoken();
                return ConsumerRecords.empty();
            }
        }
        return found.get(0);
    }

    private void advance(List<ConsumerRecords<byte[], byte[]>> found) {
        Member member = membership == null ? null : membership.member();
        if (member != null) {
            member.lastPoll = broker.now();
        }
        if (broker.isDown()) {
            return;
        }
        if (membership != null && hearsOfItsGroup(member)) {
            membership.step();
        }
        positions.update();
        ConsumerRecords<byte[], byte[]> records = fetcher.fetch(memberId());
        if (records != null) {
            found.add(records);
        }
    }

    /** A classic member's request to join reaches the broker behind its commits. */
    private boolean hearsOfItsGroup(@Nullable Member member) {
        return (commits.allReached() || settings.protocol() == Coordinator.Protocol.CONSUMER)
                && (member == null || broker.faults.heartbeat(member.id));
    }

    /** Lets time pass until something may have changed; false when the time of this poll is over. */
    private boolean waitForMore(long deadline) {
        Member member = membership == null ? null : membership.member();
        if (member != null) {
            member.polling = true;
        }
        try {
            long before = broker.now();
            if (before >= deadline) {
                return false;
            }
            broker.await(() -> woken || broker.now() > before, deadline);
            return broker.now() > before;
        } finally {
            if (member != null) {
                member.polling = false;
                member.lastPoll = broker.now();
            }
        }
    }

    @Override
    public void wakeup() {
        woken = true;
    }

    private void throwIfWoken() {
        if (woken) {
            woken = false;
            throw new WakeupException();
        }
    }

    // --- commits ---

    @Override
    public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
        ensureOpen();
        group();
        commits.runCallbacks();
        commits.send(offsets, callback, true, membership, positions.assigned());
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        ensureOpen();
        group();
        commits.runCallbacks();
        long deadline = broker.in(timeout.toNanos());
        do {
            Commits.Request request = commits.send(offsets, null, false, membership, positions.assigned());
            broker.await(() -> woken || (request.isAnswered() && (!offsets.isEmpty() || commits.isIdle())), deadline);
            commits.runCallbacks();
            throwIfWoken();
            RuntimeException error = request.error();
            if (request.isAnswered() && error == null) {
                return;
            }
            if (error != null && !(error instanceof RetriableException || error instanceof StaleMemberEpochException)) {
                throw error;
            }
        } while (broker.pause(Commits.RETRY_BACKOFF, deadline) && broker.now() < deadline);
        throw new TimeoutException(
                "Timeout of " + timeout.toMillis() + "ms expired before successfully committing offsets " + offsets);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
        ensureOpen();
        String group = group();
        topics(timeout);
        Map<TopicPartition, OffsetAndMetadata> committed = new LinkedHashMap<>();
        for (TopicPartition partition : Topics.sorted(partitions)) {
            committed.put(partition, broker.group(group).committed().get(partition));
        }
        return committed;
    }

    // --- membership and end ---

    @Override
    @SuppressWarnings("removal") // there is no other way to make one
    public ConsumerGroupMetadata groupMetadata() {
        ensureOpen();
        Member member = membership == null ? null : membership.member();
        return new ConsumerGroupMetadata(
                group(), member == null ? -1 : member.generation, memberId(), Optional.empty());
    }

    @Override
    public void enforceRebalance(String reason) {
        ensureOpen();
        if (membership == null || settings.protocol() == Coordinator.Protocol.CONSUMER) {
            return; // the new protocol has no such request
        }
        broker.group(group()).rebalance();
    }

    @Override
    public void close(CloseOptions options) {
        if (closed) {
            return;
        }
        Duration timeout = options.timeout().orElse(Duration.ofSeconds(30));
        boolean leave = options.groupMembershipOperation() != CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
        try {
            broker.await(commits::isIdle, broker.in(timeout.toNanos()));
            if (settings.protocol() == Coordinator.Protocol.CONSUMER) {
                commits.runCallbacks(); // Kafka's classic consumer lets them fall
            }
            if (membership != null) {
                membership.end(leave && !broker.isDown(), broker.now());
            }
        } finally {
            closed = true;
            commits.close();
        }
    }

    /** As if its process had died: it does nothing more, and its group hears nothing of it. */
    void crash() {
        closed = true;
        commits.close();
        Member member = membership == null ? null : membership.member();
        if (member != null) {
            member.crashedAt = broker.now();
        }
    }

    String memberId() {
        Member member = membership == null ? null : membership.member();
        return member == null ? "" : member.id;
    }

    @Override
    public Duration apiTimeout() {
        return settings.apiTimeout();
    }

    @Override
    public Topics topics(Duration timeout) {
        ensureOpen();
        if (!broker.await(() -> woken || !broker.isDown(), broker.in(timeout.toNanos()))) {
            throw new TimeoutException("Timeout of " + timeout.toMillis() + "ms expired before the broker answered");
        }
        throwIfWoken();
        return broker.topics;
    }

    @Override
    public Positions positions() {
        ensureOpen();
        return positions;
    }

    private String group() {
        if (settings.group() == null) {
            throw new InvalidGroupIdException("To use the group management or offset commit APIs, you must provide a"
                    + " valid group.id in the consumer configuration.");
        }
        return settings.group();
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("This consumer has already been closed.");
        }
    }
}
