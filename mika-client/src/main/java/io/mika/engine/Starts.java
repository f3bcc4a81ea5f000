package io.mika.engine;

import io.mika.engine.Lookups.LogRange;
import io.mika.engine.Lookups.TopicFacts;
import io.mika.env.StartPosition;
import io.mika.error.ConfigException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where newly assigned partitions begin, and where those go on whose position is out of range. Nothing here
 * waits: a look-up's answer comes back as a command; one that failed is made again. <i>Owned by the poll thread.</i>
 */
final class Starts {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What the brokers say of the topics, and of the group's commits there. */
    private record Facts(Map<String, TopicFacts> topics, Map<TopicPartition, OffsetAndMetadata> committed) {}

    private final @Nullable String group;
    private final @Nullable StartPosition configured;
    private final Engine.FailureTopics failureTopics;
    private final LoopContext context;
    private final Lookups lookups;
    private final Lanes lanes;
    private final CommitTexts texts;
    private final Repositioning repositioning;
    private final Set<String> seenMissing = new HashSet<>();
    private final TopicIds ids = new TopicIds();
    /** Look-ups under way; a new round begins when all have answered. */
    private int asking;

    private long notBefore;

    Starts(
            Engine.Config config,
            LoopContext context,
            Lookups lookups,
            Lanes lanes,
            CommitTexts texts,
            Repositioning repositioning) {
        this.group = config.group();
        this.configured = config.startFrom();
        this.failureTopics = config.failureTopics();
        this.context = context;
        this.lookups = lookups;
        this.lanes = lanes;
        this.texts = texts;
        this.repositioning = repositioning;
        this.notBefore = context.nanoTime();
    }

    /** This client saw that the topic does not exist: whatever it will hold, nobody has read yet. */
    void sawMissing(String topic) {
        seenMissing.add(topic);
    }

    /** What the brokers say of topics is about to be asked: the number of the question. */
    long ask() {
        return ids.ask();
    }

    /** Grows whenever the topic is found to be another one: what was known of it before says nothing of that. */
    int changes(String topic) {
        return ids.changes(topic);
    }

    /**
     * What the brokers say of topics. An offset of one that was deleted says nothing of the one that was created in its
     * place: what lies below it there would never be read, and what is known as settled was another record.
     *
     * @param question see {@link #ask()}
     * @return what of it is certain; of the rest, ask again
     */
    Map<String, TopicFacts> seen(long question, Map<String, TopicFacts> answer) {
        Map<String, TopicFacts> topics = ids.certain(question, answer);
        for (String topic : ids.others(topics)) {
            context.events().createdAgain(topic);
            sawMissing(topic);
            repositioning.toTheBeginning(lanes.all().stream()
                    .filter(lane -> lane.partition().topic().equals(topic) && lane.phase() != Lane.Phase.LOOKING_UP)
                    .toList());
            texts.learn(Map.of(topic, Objects.requireNonNull(topics.get(topic))), Map.of());
        }
        return topics;
    }

    /** Looks up the lanes that need it, and lets those go whose start is settled. */
    void advance(long now) {
        Set<String> topics = new HashSet<>();
        for (Lane lane : lanes) {
            if (lane.phase() == Lane.Phase.LOOKING_UP) {
                topics.add(lane.partition().topic());
            } else if (lane.phase() == Lane.Phase.CONFIRMING && lane.isStartConfirmed(group == null)) {
                release(lane, now);
            }
        }
        if (!topics.isEmpty() && asking == 0 && now - notBefore >= 0) {
            ask(topics);
        }
    }

    private void release(Lane lane, long now) {
        if (!lanes.isStillHandledFromBefore(lane.partition(), now)) {
            repositioning.begin(lane);
        }
    }

    private void ask(Set<String> topics) {
        CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed =
                group == null ? CompletableFuture.completedFuture(Map.of()) : lookups.committed(group, topics);
        // Only for the lanes of now: one that comes later, the same partition again perhaps, was another member's
        // meanwhile, and what is on its way does not know of that
        List<Lane> asked = lookingUp(lanes.all());
        long question = ask();
        answer(lookups.describe(topics).thenCombine(committed, Facts::new), facts -> known(question, facts, asked));
    }

    private <T> void answer(CompletableFuture<T> lookup, Consumer<T> then) {
        asking++;
        var unused = lookup.whenComplete((found, error) -> context.command(() -> {
            asking--;
            if (error != null) {
                notBefore = context.nanoTime() + AGAIN_NANOS;
                context.lookupFailed("where its partitions begin", error);
            } else {
                then.accept(found);
            }
        }));
    }

    private void known(long question, Facts facts, List<Lane> askedFor) {
        Map<String, TopicFacts> certain = seen(question, facts.topics());
        List<Lane> asked = askedFor.stream()
                .filter(lane -> certain.containsKey(lane.partition().topic()))
                .toList();
        if (asked.size() < askedFor.size()) {
            // Of a topic that is deleted right now nobody tells whether a commit is of the one that comes
            notBefore = context.nanoTime() + AGAIN_NANOS;
        }
        texts.learn(certain, facts.committed());
        for (Lane lane : lookingUp(asked)) {
            OffsetAndMetadata committed = facts.committed().get(lane.partition());
            if (committed != null && !isOfFormerTopic(lane.partition(), committed)) {
                lane.resumeAt(committed, texts.inherited(lane.partition(), committed));
                checkRewound(lane.partition(), committed.offset());
            }
        }
        Map<StartRule, List<Lane>> byRule = lookingUp(asked).stream()
                .collect(Collectors.groupingBy(
                        lane -> rule(lane, facts.committed()),
                        () -> new EnumMap<>(StartRule.class),
                        Collectors.toList()));
        byRule.forEach(this::begin);
    }

    /** A member that had not heard of the new topic yet committed an offset of the old one. */
    private boolean isOfFormerTopic(TopicPartition partition, OffsetAndMetadata committed) {
        return ids.former(partition.topic()).stream().anyMatch(id -> texts.isOf(id, partition, committed));
    }

    /** Somebody reset the group's offsets, or a member that was taken for dead committed after all. */
    private void checkRewound(TopicPartition partition, long committed) {
        long before = lanes.heldBefore(partition);
        if (committed < before) {
            context.events().rewound(partition, before, committed);
            lanes.forgetHeld(partition);
        }
    }

    private List<Lane> lookingUp(List<Lane> of) {
        return of.stream()
                .filter(lane -> lanes.isCurrent(lane) && lane.phase() == Lane.Phase.LOOKING_UP)
                .toList();
    }

    private StartRule rule(Lane lane, Map<TopicPartition, OffsetAndMetadata> committed) {
        String topic = lane.partition().topic();
        if (failureTopics.contains(topic)) {
            return StartRule.EARLIEST; // nothing that failed is passed over
        }
        return StartRule.of(
                lane.partition().partition(),
                texts.smallestNoted(topic, committed),
                seenMissing.contains(topic),
                configured);
    }

    private void begin(StartRule rule, List<Lane> without) {
        List<TopicPartition> partitions = without.stream().map(Lane::partition).toList();
        switch (rule) {
            case EARLIEST -> startAt(without, ranges(partitions, LogRange::earliest));
            case LATEST -> startAt(without, ranges(partitions, LogRange::latest));
            case AT_TIME -> {
                long time = Objects.requireNonNull(configured).epochMillis().orElseThrow();
                startAt(without, lookups.offsetsAt(partitions, time));
            }
            case UNKNOWN ->
                context.fatal(new ConfigException("no start position: group " + group
                        + " has no committed offset in " + partitions
                        + ", and nothing says where to begin; set KAFKA_CONSUMER_START_FROM (earliest, latest or an"
                        + " RFC 3339 time) or startFrom(...) on the builder"));
        }
    }

    private CompletableFuture<Map<TopicPartition, Long>> ranges(
            List<TopicPartition> partitions, ToLongFunction<LogRange> end) {
        return lookups.ranges(partitions)
                .thenApply(found -> found.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> end.applyAsLong(entry.getValue()))));
    }

    private void startAt(List<Lane> without, CompletableFuture<Map<TopicPartition, Long>> lookup) {
        int before = ids.changes();
        answer(lookup, found -> {
            if (ids.changes() == before) { // else they may be offsets of a topic that is gone
                startAt(without, found);
            }
        });
    }

    private void startAt(List<Lane> without, Map<TopicPartition, Long> found) {
        for (Lane lane : without) {
            Long offset = found.get(lane.partition());
            if (offset == null) {
                notBefore = context.nanoTime() + AGAIN_NANOS; // its topic is on the way, in or out
            } else if (lanes.isCurrent(lane) && lane.phase() == Lane.Phase.LOOKING_UP) {
                lane.startAt(new Mark(offset, Mark.NO_EPOCH));
                context.commitAtOnce();
            }
        }
    }
}
