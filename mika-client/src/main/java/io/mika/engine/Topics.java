package io.mika.engine;

import io.mika.engine.Lookups.TopicFacts;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Watches the consumers' topics: warns of those that do not exist yet, and tells which there are, and what they are. <i>Owned by the poll thread.</i>
 */
final class Topics {
    private static final long MISSING_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LoopContext context;
    private final Lookups lookups;
    private final Set<String> topics;
    private final Consumer<String> sawMissing;
    private final Consumer<Map<String, TopicFacts>> found;
    private final Set<String> missing = new HashSet<>();
    private boolean asking;
    private long dueAt;

    Topics(
            LoopContext context,
            Lookups lookups,
            Set<String> topics,
            Consumer<String> sawMissing,
            Consumer<Map<String, TopicFacts>> found) {
        this.context = context;
        this.lookups = lookups;
        this.topics = topics;
        this.sawMissing = sawMissing;
        this.found = found;
        this.dueAt = context.nanoTime();
    }

    void advance(long now) {
        if (asking || now - dueAt < 0) {
            return;
        }
        asking = true;
        var unused = lookups.describe(topics)
                .whenComplete((facts, error) -> context.command(() -> {
                    asking = false;
                    dueAt = context.nanoTime() + MISSING_NANOS;
                    if (error != null) {
                        context.lookupFailed("which topics exist", error);
                    } else {
                        known(facts);
                    }
                }));
    }

    private void known(Map<String, TopicFacts> facts) {
        Set<String> gone = new HashSet<>(topics);
        gone.removeAll(facts.keySet());
        gone.forEach(sawMissing);
        if (!missing.containsAll(gone)) {
            context.events().topicsMissing(gone);
        }
        missing.clear();
        missing.addAll(gone);
        dueAt = context.nanoTime() + (missing.isEmpty() ? REFRESH_NANOS : MISSING_NANOS);
        found.accept(facts);
    }
}
