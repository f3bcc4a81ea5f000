package io.mika.test.fake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The coordinator of one group: members, generations, committed offsets. */
final class Coordinator {

    /** How members of a group give up partitions. */
    enum Protocol {
        /** Classic, with the cooperative-sticky assignor: those that move are revoked, then comes a second round. */
        COOPERATIVE,
        /** Classic, all others: everything is revoked before each round. */
        EAGER,
        /** KIP-848: each member goes towards its target by itself, without a round. */
        CONSUMER
    }

    private enum State {
        STABLE,
        /** Waits until all members have joined. */
        PREPARING,
        /** Waits until the leader has brought the assignment; no commit is accepted. */
        COMPLETING
    }

    private static final int MAX_METADATA = 4096;

    private final String name;
    private final Broker broker;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final SortedMap<TopicPartition, OffsetAndMetadata> committed = new TreeMap<>(Topics.ORDER);
    private final SortedMap<TopicPartition, Member> lastOwners = new TreeMap<>(Topics.ORDER);
    private SortedSet<TopicPartition> known = new TreeSet<>(Topics.ORDER);
    private Protocol protocol = Protocol.COOPERATIVE;
    private State state = State.STABLE;
    private int generation;
    private int joined;
    private int noticed;

    Coordinator(String name, Broker broker) {
        this.name = name;
        this.broker = broker;
    }

    Map<String, Member> members() {
        return members;
    }

    SortedMap<TopicPartition, OffsetAndMetadata> committed() {
        return committed;
    }

    Protocol protocol() {
        return protocol;
    }

    boolean isPreparing() {
        return state == State.PREPARING;
    }

    int generation() {
        return generation;
    }

    Member join(Protocol spoken, Set<String> topics, long maxPollInterval, long sessionTimeout) {
        if (members.isEmpty()) {
            protocol = spoken;
            state = State.STABLE;
        } else if (protocol != spoken) {
            throw new InconsistentGroupProtocolException(
                    "Group " + name + " speaks " + protocol + " and not " + spoken);
        }
        Member member = new Member(name + "-" + ++joined, topics, maxPollInterval, sessionTimeout, broker.now());
        members.put(member.id, member);
        rebalance();
        return member;
    }

    void remove(Member member) {
        member.gone = true;
        if (members.remove(member.id) != null) {
            rebalance();
            completeJoin();
        }
    }

    /** Begins a round. */
    void rebalance() {
        if (protocol == Protocol.CONSUMER) {
            generation++;
            deal(owners());
        } else if (state != State.PREPARING) {
            state = State.PREPARING;
            members.values().forEach(member -> member.joining = false);
        }
    }

    /** Begins a round if there are other partitions than at the last one. */
    void noticeTopics() {
        if (noticed != broker.topics.version()) {
            noticed = broker.topics.version();
            if (!subscribed().equals(known)) {
                rebalance();
            }
        }
    }

    void changeTopics(Member member, Set<String> topics) {
        member.topics = topics;
        rebalance();
    }

    /** Classic: this member is ready for the next generation, and owns what it says. */
    void joined(Member member) {
        member.joining = true;
        completeJoin();
    }

    private void completeJoin() {
        if (state == State.PREPARING
                && !members.isEmpty()
                && members.values().stream().allMatch(member -> member.joining)) {
            generation++;
            state = State.COMPLETING;
        }
    }

    /** Classic: the leader, who is the first member, brings the assignment. */
    void syncIfLeader(Member member) {
        if (state == State.COMPLETING && members.values().iterator().next() == member) {
            deal(owners());
            members.values().forEach(each -> each.offered = true);
            state = State.STABLE;
        }
    }

    private void deal(Map<TopicPartition, Member> owners) {
        known = subscribed();
        Map<TopicPartition, Member> assigned = Assignor.assign(members.values(), known, owners);
        members.values().forEach(member -> member.target = new TreeSet<>(Topics.ORDER));
        assigned.forEach((partition, member) -> {
            boolean withheld = protocol == Protocol.COOPERATIVE && !isFreeFor(member, partition);
            if (!withheld) {
                member.target.add(partition);
            }
        });
        lastOwners.clear();
        lastOwners.putAll(assigned);
    }

    private Map<TopicPartition, Member> owners() {
        Map<TopicPartition, Member> owners = new TreeMap<>(lastOwners);
        members.values().forEach(member -> member.owned().forEach(partition -> owners.put(partition, member)));
        if (protocol == Protocol.CONSUMER) {
            owners.putAll(lastOwners);
        }
        return owners;
    }

    boolean isFreeFor(Member member, TopicPartition partition) {
        return members.values().stream()
                .noneMatch(other -> other != member && other.owned().contains(partition));
    }

    private SortedSet<TopicPartition> subscribed() {
        SortedSet<TopicPartition> partitions = new TreeSet<>(Topics.ORDER);
        for (Member member : members.values()) {
            for (String topic : member.topics) {
                for (int number = 0; number < broker.topics.partitions(topic); number++) {
                    partitions.add(new TopicPartition(topic, number));
                }
            }
        }
        return partitions;
    }

    /** Throws out who has not polled, or whose process has died, for too long. */
    void expire(long now) {
        if (members.values().stream().noneMatch(member -> member.overdue(now))) {
            return;
        }
        List<Member> overdue = new ArrayList<>(members.values());
        overdue.removeIf(member -> !member.overdue(now));
        for (Member member : overdue) {
            member.left = member.crashedAt == Agenda.NEVER;
            remove(member);
        }
    }

    void forget(String topic) {
        committed.keySet().removeIf(partition -> partition.topic().equals(topic));
    }

    /**
     * Commits as the brokers do: they ask for the member and its generation, and not for what it owns.
     *
     * @return what the client is told, null for success; a refused partition does not stop the others
     */
    @Nullable RuntimeException commit(CommitEntry.Sender sender, Map<TopicPartition, OffsetAndMetadata> offsets) {
        RuntimeException refused = refuse(sender);
        if (refused != null) {
            return refused;
        }
        SortedMap<TopicPartition, OffsetAndMetadata> sorted = new TreeMap<>(Topics.ORDER);
        sorted.putAll(offsets);
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : sorted.entrySet()) {
            TopicPartition partition = entry.getKey();
            OffsetAndMetadata offset = entry.getValue();
            if (isStale(sender, partition)) {
                refused = new StaleMemberEpochException(
                        "Partition " + partition + " is not assigned or pending revocation for member.");
            } else if (broker.topics.find(partition) == null) {
                refused = new UnknownTopicOrPartitionException("There is no " + partition);
            } else if (offset.metadata().length() > MAX_METADATA) {
                refused = new OffsetMetadataTooLarge("The metadata field of the offset request was too large.");
            } else {
                write(sender, partition, offset);
            }
        }
        return refused;
    }

    void write(CommitEntry.Sender sender, TopicPartition partition, OffsetAndMetadata offset) {
        committed.put(partition, offset);
        broker.history.add(new CommitEntry(
                broker.now(),
                name,
                sender.member(),
                sender.generation(),
                partition,
                offset,
                sender.owned().contains(partition)));
    }

    /** Under an old member epoch, a commit is good for what the member had then and still has (KIP-1251). */
    private boolean isStale(CommitEntry.Sender sender, TopicPartition partition) {
        Member member = members.get(sender.member());
        return member != null
                && protocol == Protocol.CONSUMER
                && sender.generation() != member.generation
                && !member.ownsSince(partition, sender.generation());
    }

    private @Nullable RuntimeException refuse(CommitEntry.Sender sender) {
        if (sender.generation() < 0 && members.isEmpty()) {
            return null;
        }
        Member member = members.get(sender.member());
        if (member == null) {
            return new CommitFailedException();
        }
        if (protocol != Protocol.CONSUMER && sender.generation() != generation) {
            return new CommitFailedException();
        }
        return state == State.COMPLETING
                ? new RebalanceInProgressException("Offset commit cannot be completed since the consumer group is"
                        + " executing a rebalance at the moment.")
                : null;
    }
}
