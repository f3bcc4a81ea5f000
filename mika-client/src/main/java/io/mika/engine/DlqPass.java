package io.mika.engine;

import io.mika.engine.Lookups.LogRange;
import io.mika.engine.Lookups.TopicFacts;
import io.mika.error.MikaException;
import io.mika.failure.ReplayNote;
import io.mika.record.SettledRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the dead letter queue: it ends where the queue ended when the pass began, so what fails again and is
 * written back is not read again for ever. The bounds are kept over rebalances; only a new pass takes new ones. When the
 * queue is found to be another one, all that the pass was to read was deleted, and it ends. <i>Owned by the poll
 * thread.</i>
 */
final class DlqPass {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LoopContext context;
    private final Lookups lookups;
    private final Starts starts;
    private final String noteGroup;
    private final String topic;
    private final Pauses pauses;
    private final List<CompletableFuture<Void>> enabling = new ArrayList<>();
    private final List<CompletableFuture<Void>> disabling = new ArrayList<>();
    private @Nullable Map<TopicPartition, Long> bounds;
    private ReplayNote replayed = ReplayNote.NONE;
    /** Of which of the queues of that name they are. */
    private int changes;

    private boolean wanted;
    /** Disabled, and enabled again before that was in effect. */
    private boolean ending;

    private boolean subscribed;
    private boolean asking;
    private boolean told;
    private long notBefore;

    /** What the brokers say of the queue: which it is, where it ends, and what of it was replayed. */
    private record Extent(Map<String, TopicFacts> topics, Map<TopicPartition, LogRange> ranges, ReplayNote replayed) {}

    DlqPass(LoopContext context, Lookups lookups, Starts starts, String group, String topic, Pauses pauses) {
        this.context = context;
        this.lookups = lookups;
        this.starts = starts;
        this.noteGroup = ReplayNote.group(group);
        this.topic = topic;
        this.pauses = pauses;
        this.notBefore = context.nanoTime();
    }

    boolean isOf(TopicPartition partition) {
        return partition.topic().equals(topic);
    }

    void enable(CompletableFuture<Void> done) {
        if (!wanted && bounds != null) {
            ending = true; // the pass that was disabled ends first, and the next one takes bounds of its own
        } else if (!ending) {
            disabling.forEach(future -> future.complete(null)); // overtaken
            disabling.clear();
        }
        wanted = true;
        enabling.add(done);
    }

    void disable(CompletableFuture<Void> done) {
        wanted = false;
        enabling.forEach(future -> future.complete(null));
        enabling.clear();
        disabling.add(done);
    }

    /** Goes as far as it can; true if the subscription must change, to {@link #isSubscribed}. */
    boolean advance(long now) {
        if (wanted && bounds == null) {
            askBounds(now);
        }
        boolean wish = wanted && bounds != null && !ending;
        if (wish != subscribed) {
            subscribed = wish;
            told = false;
            return true;
        }
        return false;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    /** The subscription has changed, and what it took away is drained. */
    void inEffect(Lanes lanes) {
        if (subscribed && wanted && !ending) {
            complete(enabling);
        } else if (!subscribed && (!wanted || ending) && !hasOwn(lanes)) {
            bounds = null;
            ending = false;
            complete(disabling);
        }
    }

    private void complete(List<CompletableFuture<Void>> futures) {
        futures.forEach(future -> context.onCallbacks(() -> future.complete(null)));
        futures.clear();
    }

    private void askBounds(long now) {
        if (asking || now - notBefore < 0) {
            return;
        }
        asking = true;
        long question = starts.ask();
        var unused = lookups.describe(Set.of(topic))
                .thenCompose(topics -> extent(topics, topics.get(topic)))
                .whenComplete((extent, error) -> context.command(() -> {
                    asking = false;
                    if (error == null) {
                        begin(question, extent);
                    } else {
                        notBefore = context.nanoTime() + AGAIN_NANOS;
                        context.lookupFailed("where the dead letter queue ends", error);
                    }
                }));
    }

    private CompletableFuture<Extent> extent(Map<String, TopicFacts> topics, @Nullable TopicFacts facts) {
        return ranges(facts).thenCombine(replayed(facts), (ranges, replayed) -> new Extent(topics, ranges, replayed));
    }

    private void begin(long question, Extent extent) {
        if (!starts.seen(question, extent.topics()).equals(extent.topics())) {
            notBefore = context.nanoTime() + AGAIN_NANOS; // of a queue that is gone, perhaps
            return;
        }
        changes = starts.changes(topic);
        replayed = extent.replayed();
        bounds = extent.ranges().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, range -> range.getValue().latest()));
    }

    /** Of a queue that does not exist there is nothing to read. */
    private CompletableFuture<Map<TopicPartition, LogRange>> ranges(@Nullable TopicFacts facts) {
        return facts == null
                ? CompletableFuture.completedFuture(Map.of())
                : lookups.ranges(partitions(facts.partitions()));
    }

    private CompletableFuture<ReplayNote> replayed(@Nullable TopicFacts facts) {
        return facts == null
                ? CompletableFuture.completedFuture(ReplayNote.NONE)
                : lookups.committed(noteGroup, Set.of(topic))
                        .thenApply(committed -> ReplayNote.read(noteGroup, facts.topicId(), committed))
                        .exceptionally(this::noneIfNotAllowed);
    }

    /** Who may not read the note can consume all the same: a group that never replays needs no right to it. */
    private ReplayNote noneIfNotAllowed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof AuthorizationException) {
            context.events()
                    .error(new MikaException(
                            "what was replayed of the dead letter queue is consumed again: " + cause.getMessage(),
                            cause));
            return ReplayNote.NONE;
        }
        throw new CompletionException(cause);
    }

    private List<TopicPartition> partitions(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
    }

    /** Up to where the pass goes; nothing of a partition that came later, or of another queue. */
    long bound(TopicPartition partition) {
        Map<TopicPartition, Long> known = bounds;
        boolean isOfFormerQueue = changes != starts.changes(topic);
        return known == null || isOfFormerQueue ? 0 : known.getOrDefault(partition, 0L);
    }

    /** What a replay had taken of a partition when the pass began. */
    SettledRanges replayed(TopicPartition partition) {
        return replayed.of(partition);
    }

    /** Stops the partitions that are through, and tells when all of them are and everything is settled. */
    void watch(Lanes lanes) {
        if (!subscribed) {
            return;
        }
        boolean through = true;
        for (Lane lane : lanes) {
            if (isOf(lane.partition())) {
                boolean read =
                        lane.phase() == Lane.Phase.RUNNING && lane.position().offset() >= bound(lane.partition());
                if (read) {
                    pauses.add(lane, PauseReason.DLQ_PASS_ENDED);
                }
                through &= read && lane.isIdle();
            }
        }
        if (through && !told && hasOwn(lanes)) {
            told = true;
            context.events().dlqPassCompleted();
        }
    }

    private boolean hasOwn(Lanes lanes) {
        return lanes.all().stream().anyMatch(lane -> isOf(lane.partition()));
    }

    /** Partitions came or went: what is through is to be told again. */
    void assignmentChanged() {
        told = false;
    }
}
