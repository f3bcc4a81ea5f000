package io.mika.test.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What a consumer has assigned and where it stands: the counterpart of Kafka's SubscriptionState. */
final class Positions {

    /** One assigned partition, from when it was assigned until it is not. */
    static final class Position {

        private static final long UNKNOWN = -1;

        final TopicPartition partition;
        boolean paused;
        boolean beingRevoked;
        private long offset = UNKNOWN;
        private Optional<Integer> offsetEpoch = Optional.empty();
        private int leaderEpoch = -1;
        private boolean suspect;
        private long askedAt = -1;

        /** The end of the log as of the last fetch, for the lag. */
        long end = UNKNOWN;

        Position(TopicPartition partition) {
            this.partition = partition;
        }

        boolean isKnown() {
            return offset != UNKNOWN;
        }

        boolean isFetchable() {
            return isKnown() && !suspect && !paused && !beingRevoked;
        }

        boolean isValid() {
            return isKnown() && !suspect;
        }

        long offset() {
            return offset;
        }

        Optional<Integer> offsetEpoch() {
            return offsetEpoch;
        }

        /** A new place; it is checked against the log if the epoch there is known. */
        void seek(long to, Optional<Integer> epoch) {
            offset = to;
            offsetEpoch = epoch;
            suspect = epoch.isPresent();
            askedAt = -1;
        }

        /** Forgets the place; the next poll looks for another. */
        void reset() {
            offset = UNKNOWN;
            suspect = false;
        }

        void moveTo(long to, Optional<Integer> epoch) {
            offset = to;
            offsetEpoch = epoch;
        }
    }

    private final Broker broker;
    private final ConsumerSettings settings;

    private final TreeMap<TopicPartition, Position> positions = new TreeMap<>(Topics.ORDER);

    /** In the order in which they are fetched: who returned records goes to the end. */
    private final Set<Position> fetchOrder = new LinkedHashSet<>();

    Positions(Broker broker, ConsumerSettings settings) {
        this.broker = broker;
        this.settings = settings;
    }

    Set<TopicPartition> assigned() {
        return new LinkedHashSet<>(positions.keySet());
    }

    boolean isEmpty() {
        return positions.isEmpty();
    }

    Set<TopicPartition> paused() {
        Set<TopicPartition> paused = assigned();
        paused.removeIf(partition -> !get(partition).paused);
        return paused;
    }

    Collection<Position> inFetchOrder() {
        return fetchOrder;
    }

    boolean contains(TopicPartition partition) {
        return positions.containsKey(partition);
    }

    Position get(TopicPartition partition) {
        Position position = positions.get(partition);
        if (position == null) {
            throw new IllegalStateException("No current assignment for partition " + partition);
        }
        return position;
    }

    /** Those that stay keep place and pause; the others begin anew. */
    void assign(SortedSet<TopicPartition> partitions) {
        positions.keySet().retainAll(partitions);
        partitions.forEach(partition -> positions.computeIfAbsent(partition, Position::new));
        fetchOrder.retainAll(positions.values());
        fetchOrder.addAll(positions.values());
    }

    void moveToEnd(Position position) {
        fetchOrder.remove(position);
        fetchOrder.add(position);
    }

    /** Finds places for those without one and checks those in doubt; throws what {@code poll} throws. */
    void update() {
        validate();
        if (!positions.values().stream().allMatch(Position::isKnown)) {
            initialize();
            validate();
        }
    }

    private void initialize() {
        List<TopicPartition> without = new ArrayList<>();
        for (Position position : positions.values()) {
            if (position.isKnown()) {
                continue;
            }
            TopicPartition partition = position.partition;
            FakeLog log = broker.topics.find(partition);
            OffsetAndMetadata committed = settings.group() == null
                    ? null
                    : broker.group(settings.group()).committed().get(partition);
            if (committed != null) {
                position.seek(committed.offset(), committed.leaderEpoch());
            } else if (settings.reset().equals("none")) {
                without.add(partition);
            } else if (log != null) {
                position.seek(settings.reset().equals("latest") ? log.end() : log.start(), Optional.empty());
            }
        }
        if (!without.isEmpty()) {
            throw new NoOffsetForPartitionException(without);
        }
    }

    /** Asks the leaders, where they changed, whether they still have what lies below a position. */
    private void validate() {
        Map<TopicPartition, Long> truncated = new TreeMap<>(Topics.ORDER);
        Map<TopicPartition, OffsetAndMetadata> divergent = new TreeMap<>(Topics.ORDER);
        for (Position position : positions.values()) {
            FakeLog log = broker.topics.find(position.partition);
            if (log == null || !position.isKnown()) {
                continue;
            }
            if (position.leaderEpoch != log.leaderEpoch()) {
                position.leaderEpoch = log.leaderEpoch();
                position.suspect = position.offsetEpoch.isPresent();
                position.askedAt = -1;
            }
            boolean asked = position.askedAt >= 0 && broker.now() < position.askedAt + settings.requestTimeout();
            if (position.suspect && !asked) {
                validate(position, log, truncated, divergent);
            }
        }
        if (!truncated.isEmpty()) {
            throw new LogTruncationException(truncated, divergent);
        }
    }

    private void validate(
            Position position,
            FakeLog log,
            Map<TopicPartition, Long> truncated,
            Map<TopicPartition, OffsetAndMetadata> divergent) {
        FakeLog.EpochEnd end = log.endOf(position.offsetEpoch.orElseThrow());
        if (end != null && end.offset() >= position.offset) {
            position.suspect = false;
            return;
        }
        position.askedAt = broker.now();
        truncated.put(position.partition, position.offset);
        if (end != null) {
            divergent.put(position.partition, new OffsetAndMetadata(end.offset(), Optional.of(end.leaderEpoch()), ""));
        }
    }
}
