package io.mika.simulation;

import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What becomes of requests, as it comes. */
final class Turmoil implements Faults {
    private static final List<Supplier<RuntimeException>> COMMIT_ERRORS = List.of(
            DisconnectException::new,
            () -> new TimeoutException("simulated"),
            () -> new CoordinatorLoadInProgressException("simulated"),
            () -> new NotCoordinatorException("simulated"),
            () -> new RebalanceInProgressException("simulated"),
            () -> new CommitFailedException("simulated"),
            () -> new UnknownTopicOrPartitionException("simulated"),
            () -> new UnknownServerException("simulated"),
            () -> new KafkaException("simulated"),
            () -> new GroupAuthorizationException("simulated"),
            () -> new TopicAuthorizationException("simulated"));

    private static final List<Supplier<RuntimeException>> POLL_ERRORS = List.of(
            () -> new KafkaException("simulated"),
            () -> new TimeoutException("simulated"),
            () -> new TopicAuthorizationException("simulated"),
            () -> new GroupAuthorizationException("simulated"),
            () -> new SaslAuthenticationException("simulated"));

    private final World world;
    /** Some commit's text was refused, so what it would have told is missing. */
    boolean textRefused;
    /** Some member was told what it cannot live with. */
    boolean fatal;

    Turmoil(World world) {
        this.world = world;
    }

    @Override
    public Fate commit(String group, String member, Map<TopicPartition, OffsetAndMetadata> offsets) {
        world.commits++;
        Fate fate = isHit() ? commitFate() : Fate.OK;
        world.note(
                () -> "commit of " + member + " " + offsets(offsets) + (fate.equals(Fate.OK) ? "" : " " + text(fate)));
        return fate;
    }

    private Fate commitFate() {
        Choices choices = world.choices;
        return switch (choices.pick(30, 30, 10, 10, 8, 8, 4)) {
            case 0 -> Fate.late(delay());
            case 1 -> Fate.failed(choices.one(COMMIT_ERRORS).get());
            case 2 -> Fate.failedThoughApplied(new DisconnectException());
            case 3 -> Fate.answeredLate(delay());
            case 4 -> Fate.lost();
            case 5 -> Fate.unanswered();
            default -> {
                if (choices.chance(20)) {
                    fatal = true;
                    yield Fate.failed(new FencedInstanceIdException("simulated"));
                }
                textRefused = true;
                yield Fate.failed(new OffsetMetadataTooLarge("simulated"));
            }
        };
    }

    private static String offsets(Map<TopicPartition, OffsetAndMetadata> offsets) {
        StringBuilder text = new StringBuilder();
        offsets.forEach((partition, offset) -> text.append(partition)
                .append('=')
                .append(offset.offset())
                .append(offset.leaderEpoch().map(epoch -> "/" + epoch).orElse(""))
                .append(' '));
        return text.toString().trim();
    }

    private static String text(Fate fate) {
        String error = fate.error() == null ? "" : " " + fate.error().getClass().getSimpleName();
        return "->" + error + (fate.applied() ? "" : " not applied") + (fate.answered() ? "" : " not answered")
                + (fate.underway().isZero()
                        ? ""
                        : " under way " + fate.underway().toMillis() + " ms")
                + (fate.answer().isZero()
                        ? ""
                        : " answered after " + fate.answer().toMillis() + " ms");
    }

    private Duration delay() {
        return Duration.ofMillis(world.choices.one(List.of(1, 20, 200, 2_000, 12_000)));
    }

    @Override
    public int fetch(String member, TopicPartition partition, int room) {
        return isHit() ? world.choices.next(Math.min(room, 3)) : room;
    }

    @Override
    public boolean heartbeat(String member) {
        return !isHit() || !world.choices.chance(50);
    }

    @Override
    public @Nullable RuntimeException poll(String member) {
        if (!isHit() || !world.choices.chance(10)) {
            return null;
        }
        RuntimeException error = world.choices.one(POLL_ERRORS).get();
        world.note(() -> "poll of " + member + " throws " + error);
        return error;
    }

    /** The application's executor is full, or shut down. */
    boolean refusesTask() {
        return isHit() && world.choices.chance(5);
    }

    private boolean isHit() {
        return !world.calm && world.choices.chance(world.plan.faults());
    }
}
