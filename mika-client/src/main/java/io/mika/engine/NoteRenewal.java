package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import io.mika.failure.ReplayNote;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Commits the note of what was replayed once more, at the start and then daily, for brokers forget the commits of a group
 * without members after a week. Every client of the group does, as any of them may be the last. <i>Owned by the poll
 * thread.</i>
 */
final class NoteRenewal {
    private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

    private final LoopContext context;
    private final Lookups lookups;
    private final String noteGroup;
    private final String dlqTopic;
    private boolean asking;
    private long dueAt;

    NoteRenewal(LoopContext context, Lookups lookups, String group, String dlqTopic) {
        this.context = context;
        this.lookups = lookups;
        this.noteGroup = ReplayNote.group(group);
        this.dlqTopic = dlqTopic;
        this.dueAt = context.nanoTime();
    }

    void advance(long now) {
        if (asking || now - dueAt < 0) {
            return;
        }
        asking = true;
        dueAt = now + DAY_NANOS;
        var unused = lookups.describe(Set.of(dlqTopic))
                .thenCompose(topics -> lookups.committed(noteGroup, Set.of(dlqTopic))
                        .thenCompose(committed -> renewed(topics, committed)))
                .whenComplete((done, error) -> context.command(() -> {
                    asking = false;
                    if (error != null) {
                        // A group that replays nothing may lack the right to; one that does hears of it from its
                        // replays
                        context.events().noteNotRenewed(error);
                    }
                }));
    }

    /** Not beside a replay, which writes the note itself, and knows more. */
    private CompletableFuture<Void> renewed(
            Map<String, TopicFacts> topics, Map<TopicPartition, OffsetAndMetadata> committed) {
        TopicFacts facts = topics.get(dlqTopic);
        if (facts == null || committed.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        ReplayNote note = ReplayNote.read(noteGroup, facts.topicId(), committed);
        boolean mayBeRenewed = !note.replayed().isEmpty()
                && note.run().filter(run -> run.isFresh(context.wallMillis())).isEmpty();
        return mayBeRenewed ? lookups.alter(noteGroup, committed) : CompletableFuture.completedFuture(null);
    }
}
