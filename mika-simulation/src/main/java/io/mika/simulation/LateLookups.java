package io.mika.simulation;

import io.mika.engine.Lookups;
import io.mika.engine.Setup;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Look-ups that are answered at once, or later with what was true then or is true by now, or that fail. */
final class LateLookups implements Lookups {
    private final World world;
    private final Member member;
    private final Lookups now;

    LateLookups(World world, Member member, Lookups now) {
        this.world = world;
        this.member = member;
        this.now = now;
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group, Set<String> topics) {
        return ask("committed", () -> now.committed(group, topics));
    }

    @Override
    public CompletableFuture<Map<TopicPartition, LogRange>> ranges(Collection<TopicPartition> partitions) {
        return ask("ranges", () -> now.ranges(partitions));
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> offsetsAt(
            Collection<TopicPartition> partitions, long epochMillis) {
        return ask("offsetsAt", () -> now.offsetsAt(partitions, epochMillis));
    }

    @Override
    public CompletableFuture<Map<String, TopicFacts>> describe(Set<String> topics) {
        return ask("describe", () -> now.describe(topics));
    }

    /** What it finds changes nothing but what is told, other than for how long retries are kept. */
    @Override
    public CompletableFuture<Setup> setup(@Nullable String group, Set<String> topics) {
        return world.plan.deletesRetries() ? now.setup(group, topics) : new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        return ask("alter", () -> now.alter(group, offsets));
    }

    @Override
    public void close(Duration timeout) {
        now.close(timeout);
    }

    private <T> CompletableFuture<T> ask(String what, Supplier<CompletableFuture<T>> question) {
        CompletableFuture<T> asked = new CompletableFuture<>();
        Choices choices = world.choices;
        int how = world.calm ? 0 : choices.pick(60, 15, 15, world.plan.faults() / 5);
        switch (how) {
            case 0 -> answer(question.get(), asked);
            case 1 -> {
                CompletableFuture<T> known = question.get();
                later(what + " as it was", () -> answer(known, asked));
            }
            case 2 -> later(what, () -> answer(question.get(), asked));
            default -> {
                RuntimeException error = switch (choices.next(3)) {
                    case 0 -> new TimeoutException("simulated");
                    case 1 -> new DisconnectException("simulated");
                    default -> new GroupAuthorizationException("simulated");
                };
                later(what + " fails", () -> asked.completeExceptionally(error));
            }
        }
        return asked;
    }

    private static <T> void answer(CompletableFuture<T> known, CompletableFuture<T> asked) {
        var unused = known.whenComplete((answer, error) -> {
            if (error == null) {
                asked.complete(answer);
            } else {
                asked.completeExceptionally(error);
            }
        });
    }

    private void later(String what, Runnable answer) {
        world.note(() -> member + " asks " + what);
        member.answers.add(answer);
    }
}
