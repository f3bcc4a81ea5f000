package io.mika.simulation;

import io.mika.consumer.Delivery;
import io.mika.consumer.Source;
import io.mika.record.Origin;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a handler is given, against what was published, and what became of it since. */
final class Received {
    /** Nothing waits for so long beyond its time, where nothing goes wrong: not even what is tried again at most. */
    private static final long PATIENCE_MILLIS = 120_000;

    private final World world;
    private final String topic;
    private final Delivery delivery;
    private final Polled record;
    private final @Nullable Copy copy;

    Received(World world, String topic, Delivery delivery, Polled record) {
        this.world = world;
        this.topic = topic;
        this.delivery = delivery;
        this.record = record;
        this.copy = record.place.copy;
    }

    void check() {
        Published of = record.place.of;
        if (of.foreign || !record.topic().equals(topic) || !delivery.topic().equals(topic)) {
            throw wrong("is not for this consumer");
        }
        if (!of.hasKey(delivery.key()) || !of.hasValue(delivery.value())) {
            throw wrong("has another key or value");
        }
        if (!of.hasHeaders(delivery.record().headers())) {
            throw wrong("has other headers");
        }
        if (delivery.source() != source()) {
            throw wrong("comes from elsewhere, not from " + delivery.source());
        }
        checkTime();
        checkAttempt();
        checkOrigin();
    }

    private Violation wrong(String what) {
        return world.violate(
                "handed out " + record + " " + record.id() + ", which " + what + (copy == null ? "" : ": " + copy));
    }

    private Source source() {
        return record.isDeadLetter() ? Source.DLQ : record.isCopy() ? Source.RETRY : Source.TOPIC;
    }

    private void checkTime() {
        Failing again = record.again;
        if (again != null && world.clock.nanos() - again.nanos < again.delay.toNanos()) {
            throw wrong("waits in place for " + again.delay);
        }
        if (copy != null && !record.isDeadLetter()) {
            checkDue(copy.notBefore());
        }
        if (record.isDeadLetter()
                && record.offset >= record.assignment.member.dlqConsumption.bound(record.assignment.partition)) {
            throw wrong("came to the dead letter queue after the pass began");
        }
    }

    private void checkDue(long notBefore) {
        long now = world.clock.millis();
        if (now < notBefore) {
            throw wrong("is not due for " + (notBefore - now) + " ms");
        }
        long late = now - Math.max(notBefore, Math.max(world.calmSince, record.millis));
        if (world.calm && late > PATIENCE_MILLIS) {
            throw wrong("has been due for " + late + " ms");
        }
    }

    private void checkAttempt() {
        int before = copy == null ? 0 : copy.attempts();
        int tries = record.repeats + (record.again == null ? 0 : 1);
        if (delivery.attempt() != before + tries + 1) {
            throw wrong("counts as attempt " + delivery.attempt() + " after " + before + " and " + tries + " in place");
        }
    }

    private void checkOrigin() {
        PartitionTruth.Entry first = record.place.of.first();
        Optional<Origin> right = first.copy == null
                ? Optional.of(new Origin(topic, first.partition.partition(), first.offset))
                : Optional.empty();
        if (!delivery.origin().equals(right)) {
            throw wrong("has the origin " + delivery.origin() + " instead of " + right);
        }
    }
}
