package io.mika.engine;

import io.mika.error.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the start at how topics and group are set up, beside all that goes on; what it finds is told together. Looks
 * again from then on, for how long topics keep records: a topic may come later, and may be set to something else.
 * <i>Owned by the poll thread.</i>
 */
final class SetupCheck {
    /** Nobody waits for it for longer. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How soon it looks again. */
    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** The same, while it found no answer, or not every topic. */
    private static final long AGAIN_SOON_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LoopContext context;
    private final Engine.Config config;
    private final Lookups lookups;
    private final CompletableFuture<Void> ready;
    private final long began;
    private boolean over;
    /** Of topics of which the brokers told at some time. */
    private final Map<String, Setup.Topic> known = new HashMap<>();

    private boolean asking;
    private long dueAt;

    /** Begins it. */
    SetupCheck(LoopContext context, Engine.Config config, Lookups lookups, CompletableFuture<Void> ready) {
        this.context = context;
        this.config = config;
        this.lookups = lookups;
        this.ready = ready;
        this.began = context.nanoTime();
        ask();
    }

    void advance(long now) {
        if (!asking && now - dueAt >= 0) {
            ask();
        }
    }

    private void ask() {
        asking = true;
        var unused = lookups.setup(config.group(), topics())
                .whenComplete((setup, error) -> context.command(() -> answered(setup, error)));
    }

    private void answered(@Nullable Setup setup, @Nullable Throwable error) {
        asking = false;
        boolean isAll = setup != null && setup.topics().values().stream().noneMatch(Setup.Topic::isMissing);
        dueAt = context.nanoTime() + (isAll ? AGAIN_NANOS : AGAIN_SOON_NANOS);
        if (setup != null) {
            found(setup);
        } else {
            notMade(String.valueOf(error));
        }
    }

    private Set<String> topics() {
        Set<String> topics = new HashSet<>();
        config.bindings().forEach(binding -> topics.add(binding.wireTopic()));
        if (config.failureTopics().retryTopic() != null) {
            topics.add(config.failureTopics().retryTopic());
        }
        if (config.failureTopics().dlqTopic() != null) {
            topics.add(config.failureTopics().dlqTopic());
        }
        return topics;
    }

    /** How long a topic keeps records, in milliseconds; empty for ever, or if it is not known. */
    OptionalLong retention(String topic) {
        Setup.Topic found = known.get(topic);
        return found == null ? OptionalLong.empty() : found.deletesAfter();
    }

    /** Whether there is nothing more to wait for. */
    boolean isOver(long now) {
        if (!over && now - began >= PATIENCE_NANOS) {
            notMade("no answer in 10 s");
        }
        return over;
    }

    private void notMade(String why) {
        if (!over) {
            over = true;
            context.events().setupDoubted(List.of("how topics and group are set up was not found out: " + why));
        }
    }

    private void found(Setup setup) {
        setup.topics().forEach((topic, found) -> {
            if (!found.settings().isEmpty()) {
                known.put(topic, found);
            }
        });
        if (over) {
            return; // no longer waited for: what is wrong shows by itself
        }
        over = true;
        SetupFindings.Found found = SetupFindings.of(config, context.events()::name, setup);
        if (!found.fatal().isEmpty()) {
            List<String> all = new ArrayList<>(found.fatal());
            all.addAll(found.warnings());
            ConfigException wrong = new ConfigException(all);
            context.events().error(wrong);
            ready.completeExceptionally(wrong);
        } else if (!found.warnings().isEmpty()) {
            context.events().setupDoubted(found.warnings());
        }
    }
}
