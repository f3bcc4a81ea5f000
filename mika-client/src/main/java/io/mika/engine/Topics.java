package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches the topics that are read: warns of those of consumers that do not exist yet, and tells which there are, and
 * what they are. <i>Owned by the poll thread.</i>
 */
final class Topics {
    private static final long MISSING_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LoopContext context;
    private final Lookups lookups;
    private final Set<String> topics;
    private final Supplier<Set<String>> watched;
    private final Starts starts;
    private final Consumer<Map<String, TopicFacts>> found;
    private final Set<String> missing = new HashSet<>();
    private boolean asking;
    private long dueAt;

    /**
     * @param topics of consumers, which are to exist
     * @param watched all that are read right now, which may not exist before their first records
     */
    Topics(
            LoopContext context,
            Lookups lookups,
            Set<String> topics,
            Supplier<Set<String>> watched,
            Starts starts,
            Consumer<Map<String, TopicFacts>> found) {
        this.context = context;
        this.lookups = lookups;
        this.topics = topics;
        this.watched = watched;
        this.starts = starts;
        this.found = found;
        this.dueAt = context.nanoTime();
    }

    void advance(long now) {
        if (asking || now - dueAt < 0) {
            return;
        }
        asking = true;
        long question = starts.ask();
        var unused = lookups.describe(watched.get())
                .whenComplete((facts, error) -> context.command(() -> {
                    asking = false;
                    dueAt = context.nanoTime() + MISSING_NANOS;
                    if (error != null) {
                        context.lookupFailed("which topics exist", error);
                    } else {
                        known(question, facts);
                    }
                }));
    }

    private void known(long question, Map<String, TopicFacts> facts) {
        Set<String> gone = new HashSet<>(topics);
        gone.removeAll(facts.keySet());
        gone.forEach(starts::sawMissing);
        if (!missing.containsAll(gone)) {
            context.events().topicsMissing(gone);
        }
        missing.clear();
        missing.addAll(gone);
        boolean certain = starts.seen(question, facts).size() == facts.size();
        dueAt = context.nanoTime() + (certain && missing.isEmpty() ? REFRESH_NANOS : MISSING_NANOS);
        found.accept(facts);
    }
}
