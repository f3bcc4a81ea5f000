package io.mika.simulation;

import io.mika.record.Pointer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What clients write to the retry topic and the dead letter queue: each record must follow from what was there before,
 * and must be what it was.
 */
final class FailureLogs {
    private final World world;

    FailureLogs(World world) {
        this.world = world;
    }

    /** A record is in a log now, whatever its writer hears of that. */
    void appended(ProducerRecord<byte[], byte[]> record, TopicPartition partition, long offset) {
        Published of = world.logs.published(record.headers());
        Copy copy = Copy.read(record.headers());
        if (of == null || copy == null || of.foreign) {
            wrong(partition, offset, "is not this group's: " + (of == null ? record : of), copy);
            return;
        }
        world.copies++;
        checkContent(record, of, copy, partition, offset);
        Failing failing = failing(of, copy, partition, offset);
        boolean follows = partition.topic().equals(World.DLQ)
                ? of.places.stream().anyMatch(place -> leadsToDlq(place, copy))
                : of.places.stream().anyMatch(place -> leadsToRetry(place, copy));
        if (!follows) {
            wrong(partition, offset, "follows from nothing", copy);
        }
        if (failing != null) {
            checkWay(failing, of, copy, partition, offset);
        }
        if (partition.topic().equals(World.RETRY) && isReplayed(of, copy)) {
            world.replaying.took(of, copy);
        }
        PartitionTruth.Entry entry = world.logs.append(partition, offset, of, copy);
        link(entry, failing);
    }

    /** By which it is there; null where it does not tell. */
    private @Nullable Failing failing(Published of, Copy copy, TopicPartition partition, long offset) {
        String reason = copy.reason();
        if (reason == null) {
            return null;
        }
        Failing told = world.failings.of(reason, of, copy, partition.topic());
        Failing failing = told == null ? overdue(of, copy, partition) : told;
        if (failing == null) {
            wrong(partition, offset, "failed for a reason that nobody gave", copy);
        }
        return failing;
    }

    /**
     * A client failed it by itself, because it was open for too long; null if none did. Of several records with this payload
     * it is rather one that is open, and that did not fail for another reason.
     */
    private static @Nullable Failing overdue(Published of, Copy copy, TopicPartition partition) {
        Failing.Way way = partition.topic().equals(World.DLQ) ? Failing.Way.DLQ : Failing.Way.RETRY;
        Failing found = null;
        int best = 0;
        for (Polled record : of.watched) {
            if (record.attempt() == copy.attempts() && record.mayHaveBeenFailed()) {
                Failing failing = record.failedByItsClient();
                boolean isOpen = !record.copied && !record.acked && !record.isGone();
                int fitness = (isOpen ? 4 : 0) + (failing.way == way ? 2 : 0) + (record.failing == null ? 1 : 0);
                found = fitness >= best ? failing : found;
                best = Math.max(best, fitness);
            }
        }
        return found;
    }

    private void wrong(TopicPartition partition, long offset, String what, @Nullable Copy copy) {
        var unused = world.violate("what was written to " + partition + "@" + offset + " " + what + ": " + copy);
    }

    // ---- what it is

    private void checkContent(
            ProducerRecord<byte[], byte[]> record, Published of, Copy copy, TopicPartition partition, long offset) {
        if (!of.hasKey(record.key()) || !of.hasHeaders(record.headers())) {
            wrong(partition, offset, "has another key or other headers", copy);
        }
        if (copy.isGrown()) {
            wrong(partition, offset, "bears a header twice", copy);
        }
        if (copy.isPointer()) {
            checkPointer(record, of, copy, partition, offset);
        } else if (!of.hasValue(record.value())) {
            wrong(partition, offset, "has another value", copy);
        }
    }

    private void checkPointer(
            ProducerRecord<byte[], byte[]> record, Published of, Copy copy, TopicPartition partition, long offset) {
        TopicPartition to = new TopicPartition(
                String.valueOf(copy.get("pointer_topic")), (int) copy.number("pointer_partition", -1));
        long at = copy.number("pointer_offset", -1);
        Pointer right = Pointer.to(to.topic(), to.partition(), at, of.value);
        boolean leadsThere = of.wasAt(to, at)
                && copy.number("pointer_size", -1) == right.size()
                && right.sha256().equals(copy.get("pointer_sha256"));
        if (!partition.topic().equals(World.DLQ) || record.value() != null || !leadsThere) {
            wrong(partition, offset, "is no pointer to what it stands for", copy);
        }
    }

    // ---- from where it comes

    private static boolean isReplayed(Published of, Copy copy) {
        return of.places.stream().anyMatch(place -> isReplayed(place, copy));
    }

    private static boolean isReplayed(PartitionTruth.Entry place, Copy copy) {
        return place.partition.topic().equals(World.DLQ) && Replaying.isFrom(copy, place);
    }

    /** Back from the dead letter queue, on a hop, or parked. */
    private boolean leadsToRetry(PartitionTruth.Entry place, Copy copy) {
        if (isReplayed(place, copy)) {
            return true;
        }
        if (copy.retries() > world.plan.failures().consumer(copy.topic()).retries() && !isFromBefore(place)) {
            return false;
        }
        Copy before = place.copy;
        if (before == null) {
            return copy.retries() == 1 && isFirstFailure(place, copy);
        }
        if (!copy.isSameAtFirst(before) || copy.replays() != before.replays()) {
            return false;
        }
        return copy.isParked()
                ? copy.retries() == before.retries() && copy.isSameAtLast(before)
                : copy.retries() == before.retries() + 1;
    }

    /** The number of hops stays. */
    private static boolean leadsToDlq(PartitionTruth.Entry place, Copy copy) {
        Copy before = place.copy;
        if (before == null) {
            return copy.retries() == 0 && isFirstFailure(place, copy);
        }
        return copy.isSameAtFirst(before) && copy.replays() == before.replays() && copy.retries() == before.retries();
    }

    /** Whether the headers say once and for all that it failed at this place. */
    private static boolean isFirstFailure(PartitionTruth.Entry place, Copy copy) {
        return copy.topic().equals(place.partition.topic())
                && copy.number("org_partition", -1) == place.partition.partition()
                && copy.number("org_offset", -1) == place.offset
                && copy.replays() == 0;
    }

    private static boolean isFromBefore(PartitionTruth.Entry place) {
        return place.copy != null && place.of.first().copy != null;
    }

    // ---- why it is there

    private void checkWay(Failing failing, Published of, Copy copy, TopicPartition partition, long offset) {
        boolean isRetry = partition.topic().equals(World.RETRY);
        boolean isSentOn = failing.way == Failing.Way.RETRY && world.turmoil.isRefusedToRetry(of);
        boolean isDue = isRetry ? failing.way == Failing.Way.RETRY : failing.way == Failing.Way.DLQ || isSentOn;
        boolean isMoved = of.places.stream()
                .anyMatch(place -> place.copy != null && copy.isSameAtLast(place.copy) && !isSame(place, partition));
        if (failing.record.place.of != of || (!isDue && !isMoved && !copy.isParked())) {
            wrong(partition, offset, "was to go another way, " + failing, copy);
        }
        if (isRetry
                && isDue
                && failing.isTimed()
                && !copy.isParked()
                && !isReplayed(of, copy)
                && !isWhenDue(failing, copy)) {
            wrong(partition, offset, "is due at another time than after " + failing.delay, copy);
        }
    }

    private static boolean isSame(PartitionTruth.Entry place, TopicPartition partition) {
        return place.partition.topic().equals(partition.topic())
                && partition.topic().equals(World.RETRY);
    }

    /** The clock may go on by a millisecond between the failure and the engine's look at it. */
    private static boolean isWhenDue(Failing failing, Copy copy) {
        if (failing.delay.isZero()) {
            return copy.notBefore() == 0;
        }
        long later = copy.notBefore() - failing.millis - failing.delay.toMillis();
        return later == 0 || later == 1;
    }

    /** What failed is settled by this. */
    private void link(PartitionTruth.Entry entry, @Nullable Failing failing) {
        if (failing != null) {
            if (failing.stays) {
                throw world.violate("written in an outage, in which it stays where it is: " + failing);
            }
            failing.written(entry.partition.topic());
            settled(failing.record, failing);
        } else if (tellsNoReason(entry)) {
            for (Failing each : entry.of.failings) {
                each.written(entry.partition.topic());
                settled(each.record, each);
            }
        }
        for (Polled record : entry.of.watched) {
            boolean isOfAnother = failing != null && !record.equals(failing.record);
            boolean isOfThis =
                    tellsNoReason(entry) || (entry.copy != null && entry.copy.attempts() == record.attempt());
            if (isOfThis
                    && !isOfAnother
                    && record.mayHaveBeenFailed()
                    && !record.acked
                    && !record.copied
                    && !record.isGone()) {
                record.assignment.copied(record);
            }
        }
    }

    /** It was too large to tell why it failed. */
    private static boolean tellsNoReason(PartitionTruth.Entry entry) {
        return entry.copy != null && entry.copy.reason() == null && !entry.copy.isParked();
    }

    private static void settled(Polled record, Failing failing) {
        if (!record.copied && record.failing == failing) {
            record.assignment.copied(record);
        }
    }
}
