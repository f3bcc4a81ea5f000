package io.mika.failure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A destination whose thread, clock and broker are the test's. */
final class HandDestination {
    static final String TOPIC = "dlq";

    final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    /** What the listener was told. */
    final List<RuntimeException> reports = new ArrayList<>();

    final Destination destination;
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private long now = 1;
    private int writes;

    HandDestination() {
        FailureProducer producer = new FailureProducer(this::newProducer);
        destination = new Destination(
                TOPIC, producer, turns::add, () -> now, () -> 0.5, (topic, error) -> reports.add(error));
    }

    private Producer<byte[], byte[]> newProducer() {
        MockProducer<byte[], byte[]> made =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(made);
        return made;
    }

    /** What acknowledges or refuses. */
    MockProducer<byte[], byte[]> broker() {
        return producers.get(producers.size() - 1);
    }

    HandWrite offer() {
        return offer(new HandWrite());
    }

    HandWrite offer(HandWrite write) {
        write.number = writes++;
        destination.offer(write);
        runTurns();
        return write;
    }

    /** Offers so many before the destination's thread gets to any. */
    List<HandWrite> offer(int count) {
        List<HandWrite> offered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HandWrite write = new HandWrite();
            write.number = writes++;
            offered.add(write);
            destination.offer(write);
        }
        runTurns();
        return offered;
    }

    void runTurns() {
        for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
            turn.run();
        }
    }

    /** So much later the poll thread looks in. */
    void later(Duration time) {
        now += time.toNanos();
        destination.nudge(now);
        runTurns();
    }

    void acknowledge(int records) {
        for (int i = 0; i < records; i++) {
            if (!broker().completeNext()) {
                throw new AssertionError("after " + i + " of " + records + " nothing is under way");
            }
        }
        runTurns();
    }

    int acknowledgeAll() {
        int records = 0;
        while (broker().completeNext()) {
            records++;
        }
        runTurns();
        return records;
    }

    void refuse(RuntimeException error) {
        if (!broker().errorNext(error)) {
            throw new AssertionError("nothing is under way");
        }
        runTurns();
    }

    /** How often something was sent, over all producers. */
    int sends() {
        return producers.stream()
                .mapToInt(producer -> producer.history().size())
                .sum();
    }

    /** The values of what was sent, in order: the number of the write and its form. */
    List<String> sent() {
        return producers.stream()
                .flatMap(producer -> producer.history().stream())
                .map(record -> Objects.requireNonNull(record.value()))
                .map(value -> value[0] + "." + value[1])
                .toList();
    }

    /** A write that remembers what became of it. */
    static class HandWrite extends Write {
        int number;
        int written;
        boolean wanted = true;
        long size = 100;
        int smallerForms;
        boolean goesAnotherWay;
        final List<RuntimeException> refusals = new ArrayList<>();

        @Override
        protected boolean isWanted() {
            return wanted;
        }

        @Override
        protected long size() {
            return size;
        }

        @Override
        protected ProducerRecord<byte[], byte[]> record(int smaller) {
            return new ProducerRecord<>(TOPIC, new byte[] {(byte) number, (byte) smaller});
        }

        @Override
        protected int smallerForms() {
            return smallerForms;
        }

        @Override
        protected void written() {
            written++;
        }

        @Override
        protected boolean refused(RuntimeException error) {
            refusals.add(error);
            return goesAnotherWay;
        }
    }
}
