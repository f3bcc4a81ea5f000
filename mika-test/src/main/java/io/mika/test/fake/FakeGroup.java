package io.mika.test.fake;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One group of the fake broker: who is in it, what it has committed. <i>For one thread.</i> */
public final class FakeGroup {

    private final Broker broker;
    private final String name;

    FakeGroup(Broker broker, String name) {
        this.broker = broker;
        this.name = name;
    }

    /**
     * The members in the order in which they joined, and what each owns. A partition that is being handed over is
     * owned by nobody.
     *
     * @return partitions by member id
     */
    public Map<String, Set<TopicPartition>> members() {
        Map<String, Set<TopicPartition>> members = new LinkedHashMap<>();
        coordinator().members().forEach((id, member) -> members.put(id, new LinkedHashSet<>(member.owned())));
        return members;
    }

    /**
     * The generation; with the consumer protocol, the group's epoch.
     *
     * @return from 1, 0 before the first member
     */
    public int generation() {
        return coordinator().generation();
    }

    /**
     * A committed offset.
     *
     * @param partition the partition
     * @return offset, leader epoch and text as committed last
     */
    public Optional<OffsetAndMetadata> committed(TopicPartition partition) {
        return Optional.ofNullable(coordinator().committed().get(partition));
    }

    /**
     * All that was accepted for this group since the broker was made.
     *
     * @return commits and resets in order
     */
    public List<CommitEntry> commits() {
        return broker.history.stream()
                .filter(entry -> entry.group().equals(name))
                .toList();
    }

    /**
     * Sets an offset from outside, as tools do; other than the brokers, also while the group has members.
     *
     * @param partition the partition
     * @param offset the offset
     */
    public void reset(TopicPartition partition, OffsetAndMetadata offset) {
        coordinator().write(CommitEntry.Sender.STRANGER, partition, offset);
    }

    /**
     * Forgets an offset, as the brokers do when it expires.
     *
     * @param partition the partition
     */
    public void forget(TopicPartition partition) {
        coordinator().committed().remove(partition);
    }

    /** Begins a rebalance, which goes on as the members poll. */
    public void rebalance() {
        coordinator().rebalance();
    }

    /**
     * Throws a member out, as after a session or poll time-out: what it owned is free for others at once, and it hears
     * of it at its next poll or commit.
     *
     * @param memberId the member
     */
    public void expire(String memberId) {
        Member member = coordinator().members().get(memberId);
        if (member == null) {
            throw new IllegalArgumentException("Group " + name + " has no member " + memberId);
        }
        coordinator().remove(member);
    }

    private Coordinator coordinator() {
        return broker.group(name);
    }
}
