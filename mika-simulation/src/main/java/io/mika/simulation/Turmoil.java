package io.mika.simulation;

import io.mika.test.fake.Fate;
import io.mika.test.fake.Faults;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
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

    private static final List<Supplier<RuntimeException>> WRITE_ERRORS = List.of(
            () -> new TimeoutException("simulated"),
            DisconnectException::new,
            () -> new NotLeaderOrFollowerException("simulated"),
            () -> new NotEnoughReplicasException("simulated"),
            () -> new UnknownTopicOrPartitionException("simulated"),
            () -> new UnknownServerException("simulated"),
            () -> new KafkaException("simulated"),
            () -> new OutOfOrderSequenceException("simulated"),
            () -> new TopicAuthorizationException("simulated"),
            () -> new SaslAuthenticationException("simulated"),
            () -> new InvalidRecordException("simulated"));

    /** What {@code send} itself throws; a producer is broken where that is no error of Kafka's own types. */
    private static final List<Supplier<RuntimeException>> SEND_ERRORS = List.of(
            () -> new TimeoutException("simulated"),
            () -> new KafkaException("simulated"),
            () -> new IllegalStateException("simulated"),
            () -> new TopicAuthorizationException("simulated"),
            () -> new SerializationException("simulated"));

    private final World world;
    /** What the retry topic did not take, whatever else it takes, at least once: what was too large, or unfit. */
    private final Set<String> refusedToRetry = new HashSet<>();
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

    @Override
    public Fate produce(ProducerRecord<byte[], byte[]> record) {
        Fate fate = isTooLarge(record)
                ? Fate.failed(new RecordTooLargeException("simulated"))
                : isHit() ? writeFate(record) : Fate.OK;
        if (!fate.equals(Fate.OK)) {
            world.note(() ->
                    "the write of " + Published.id(record.headers()) + " to " + record.topic() + " " + text(fate));
        }
        return fate;
    }

    /** Whatever else goes wrong, and when nothing does. */
    private boolean isTooLarge(ProducerRecord<byte[], byte[]> record) {
        Published of = world.logs.published(record.headers());
        Copy copy = Copy.read(record.headers());
        return of != null && of.large && record.topic().equals(World.DLQ) && copy != null && !copy.isPointer();
    }

    private Fate writeFate(ProducerRecord<byte[], byte[]> record) {
        Choices choices = world.choices;
        return switch (choices.pick(30, 25, 12, 10, 6, 6, 11)) {
            case 0 -> Fate.late(delay());
            case 1 -> Fate.failed(told(record, choices.one(WRITE_ERRORS).get()));
            case 2 ->
                Fate.failedThoughApplied(
                        choices.chance(50) ? new TimeoutException("simulated") : new DisconnectException());
            case 3 -> Fate.answeredLate(delay());
            case 4 -> Fate.lost();
            case 5 -> Fate.unanswered();
            default -> Fate.failed(told(record, new RecordTooLargeException("simulated")));
        };
    }

    private RuntimeException told(ProducerRecord<?, ?> record, RuntimeException error) {
        boolean concernsTheRecord = error instanceof RecordTooLargeException
                || error instanceof InvalidRecordException
                || error instanceof SerializationException;
        if (concernsTheRecord && record.topic().equals(World.RETRY)) {
            refusedToRetry.add(Published.id(record.headers()));
        }
        return error;
    }

    @Override
    public void appended(ProducerRecord<byte[], byte[]> record, TopicPartition partition, long offset) {
        world.logs.appended(record, partition, offset);
    }

    boolean isRefusedToRetry(Published record) {
        return refusedToRetry.contains(record.id);
    }

    /** A call of {@code send}, which may block, and throw. */
    void send(Member member, ProducerRecord<?, ?> record) {
        if (!isHit() || !world.choices.chance(30)) {
            return;
        }
        world.note(() -> member + " is kept in send");
        world.interleave(3);
        if (world.choices.chance(50)) {
            world.clock.advance(world.choices.one(List.of(1_000_000L, 200_000_000L, 5_000_000_000L)));
        }
        if (world.choices.chance(50)) {
            RuntimeException error = told(record, world.choices.one(SEND_ERRORS).get());
            world.note(() -> member + " send throws " + error);
            throw error;
        }
    }

    /** The application's executor is full, or shut down. */
    boolean refusesTask() {
        return isHit() && world.choices.chance(5);
    }

    private boolean isHit() {
        return !world.calm && world.choices.chance(world.plan.faults());
    }
}
