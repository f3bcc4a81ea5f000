package io.mika.test.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A consumer's part in its group: joins, follows the rounds, calls the listener. Moves in {@code poll} alone. */
final class Membership {

    private final Coordinator group;
    private final ConsumerSettings settings;
    private final Positions positions;
    private ConsumerRebalanceListener listener;
    private Set<String> topics;

    /** Classic: between the request to join and the assignment; commits are refused without asking. */
    private boolean awaiting;

    private @Nullable Member member;
    private @Nullable RuntimeException thrown;

    Membership(
            Coordinator group,
            ConsumerSettings settings,
            Positions positions,
            Set<String> topics,
            ConsumerRebalanceListener listener) {
        this.group = group;
        this.settings = settings;
        this.positions = positions;
        this.topics = topics;
        this.listener = listener;
    }

    /** Another subscription, which the next poll makes known. */
    void subscribe(Set<String> other, ConsumerRebalanceListener newListener) {
        topics = other;
        listener = newListener;
    }

    Set<String> topics() {
        return topics;
    }

    @Nullable Member member() {
        return member;
    }

    /** Does what can be done without others; throws what a callback threw. */
    void step() {
        if (member != null && member.gone) {
            lose();
        }
        if (member == null) {
            member = group.join(settings.protocol(), topics, settings.maxPollInterval(), settings.sessionTimeout());
        }
        if (!member.topics.equals(topics)) {
            group.changeTopics(member, topics);
        }
        group.noticeTopics();
        while (!member.gone
                && (settings.protocol() == Coordinator.Protocol.CONSUMER ? reconcile(member) : round(member))) {}
        if (thrown != null) {
            RuntimeException error = thrown;
            thrown = null;
            throw error;
        }
    }

    /** Why a commit cannot even be sent, or null. */
    @Nullable RuntimeException refuseCommit() {
        if (member == null) {
            return new CommitFailedException("Offset commit cannot be completed since the consumer is not part of an"
                    + " active group for auto partition assignment; it is likely that the consumer was kicked out of"
                    + " the group.");
        }
        return awaiting && !member.gone
                ? new RebalanceInProgressException("Offset commit cannot be completed since the consumer is"
                        + " undergoing a rebalance for auto partition assignment. You can try completing the"
                        + " rebalance by calling poll() and then retry the operation.")
                : null;
    }

    /** Gives everything up, with its callback, and leaves unless told to stay. */
    void end(boolean leave, long now) {
        Member leaving = member;
        Set<TopicPartition> dropped = positions.assigned();
        if (!dropped.isEmpty()) {
            call(dropped, leaving == null || leaving.gone ? listener::onPartitionsLost : listener::onPartitionsRevoked);
        }
        own(new TreeSet<>(Topics.ORDER));
        if (leaving != null && leave) {
            group.remove(leaving);
        } else if (leaving != null) {
            leaving.crashedAt = now;
        }
        member = null;
        awaiting = false;
        if (thrown != null) {
            throw thrown;
        }
    }

    private void lose() {
        Set<TopicPartition> lost = positions.assigned();
        if (!lost.isEmpty()) {
            call(lost, listener::onPartitionsLost);
        }
        own(new TreeSet<>(Topics.ORDER));
        member = null;
        awaiting = false;
    }

    /** Classic. */
    private boolean round(Member member) {
        group.syncIfLeader(member);
        if (member.offered) {
            adopt(member);
            return true;
        }
        if (group.isPreparing() && !member.joining) {
            prepare(member);
            if (!member.gone) {
                awaiting = true;
                group.joined(member);
            }
            return true;
        }
        return false;
    }

    private void prepare(Member member) {
        Set<TopicPartition> dropped = positions.assigned();
        boolean cooperative = settings.protocol() == Coordinator.Protocol.COOPERATIVE;
        if (cooperative) {
            dropped.removeIf(member::wants);
        }
        if (member.generation >= 0 && !(cooperative && dropped.isEmpty())) {
            revoke(dropped);
        }
    }

    private void adopt(Member member) {
        awaiting = false;
        member.offered = false;
        member.generation = group.generation();
        SortedSet<TopicPartition> target = member.target;
        Set<TopicPartition> revoked = positions.assigned();
        revoked.removeAll(target);
        SortedSet<TopicPartition> added = new TreeSet<>(target);
        added.removeAll(positions.assigned());
        if (!revoked.isEmpty()) {
            revoke(revoked);
            if (member.gone) {
                return;
            }
        }
        own(target);
        call(added, listener::onPartitionsAssigned);
        if (!revoked.isEmpty() && !member.gone) {
            group.rebalance();
        }
    }

    /** KIP-848. */
    private boolean reconcile(Member member) {
        if (member.generation == group.generation() && member.owned().equals(member.target)) {
            return false;
        }
        boolean first = member.generation < 0;
        int goal = group.generation();
        SortedSet<TopicPartition> target = new TreeSet<>(member.target);
        Set<TopicPartition> revoked = positions.assigned();
        revoked.removeAll(target);
        if (!revoked.isEmpty()) {
            revoke(revoked);
            return true;
        }
        member.generation = goal;
        SortedSet<TopicPartition> added = new TreeSet<>(target);
        added.removeAll(positions.assigned());
        added.removeIf(partition -> !group.isFreeFor(member, partition));
        if (added.isEmpty() && !first) {
            return false;
        }
        SortedSet<TopicPartition> owned = Topics.sorted(positions.assigned());
        owned.addAll(added);
        own(owned);
        call(added, listener::onPartitionsAssigned);
        return true;
    }

    private void revoke(Set<TopicPartition> revoked) {
        revoked.forEach(partition -> positions.get(partition).beingRevoked = true);
        call(revoked, listener::onPartitionsRevoked);
        SortedSet<TopicPartition> kept = Topics.sorted(positions.assigned());
        kept.removeAll(revoked);
        own(kept);
    }

    private void own(SortedSet<TopicPartition> partitions) {
        positions.assign(partitions);
        if (member != null) {
            member.own(partitions);
        }
    }

    private void call(Collection<TopicPartition> partitions, Consumer<Collection<TopicPartition>> callback) {
        try {
            callback.accept(new ArrayList<>(partitions));
        } catch (WakeupException | InterruptException e) {
            thrown = thrown == null ? e : thrown;
        } catch (RuntimeException e) {
            thrown = thrown == null ? new KafkaException("User rebalance callback throws an error", e) : thrown;
        }
    }
}
