package io.mika.test.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.mika.consumer.ConsumerOptions;
import io.mika.consumer.Delivery;
import io.mika.consumer.DeliveryHandler;
import io.mika.event.CloseReport;
import io.mika.test.EngineDoors;
import io.mika.test.MikaTester;
import io.mika.test.fake.FakeGroup;
import io.mika.test.fake.FakeKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A client of the group {@code billing} that consumes {@code orders}, and what is seen of it: what its handler was given,
 * what it called of Kafka's consumer, what it told. Its handler acks, but for the offsets that it is told to hold. <i>For
 * one thread.</i>
 */
final class Scene {
    static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);
    private static final String GROUP = "billing";

    final ConsumerCalls calls = new ConsumerCalls();
    final Told told = new Told();
    final List<Delivery> deliveries = new ArrayList<>();
    private final MikaTester tester;
    private LongPredicate held = offset -> false;
    private DeliveryHandler first = delivery -> {};

    Scene() {
        this(builder -> {});
    }

    Scene(Consumer<MikaTester.Builder> plan) {
        this(plan, options -> {}, null);
    }

    Scene(Consumer<MikaTester.Builder> plan, Consumer<ConsumerOptions> options) {
        this(plan, options, null);
    }

    private Scene(Consumer<MikaTester.Builder> plan, Consumer<ConsumerOptions> options, @Nullable Scene host) {
        MikaTester.Builder builder = MikaTester.builder()
                .group(GROUP)
                .commitInterval(Duration.ofSeconds(1))
                .consumer("orders", options, this::handle)
                .listener(told);
        if (host != null) {
            builder.joining(host.tester);
        }
        EngineDoors.wrapper(builder, calls);
        plan.accept(builder);
        tester = EngineDoors.create(builder);
    }

    /** Another member of the group, which is not started yet. */
    Scene second(Consumer<MikaTester.Builder> plan) {
        return new Scene(plan, options -> {}, this);
    }

    private void handle(Delivery delivery) throws Exception {
        deliveries.add(delivery);
        first.handle(delivery);
        if (!held.test(delivery.record().offset())) {
            delivery.ack();
        }
    }

    /** Stay open: of whatever partition. */
    Scene holds(LongPredicate offsets) {
        held = offsets;
        return this;
    }

    Scene holds(long offset) {
        return holds(each -> each == offset);
    }

    /** What the handler does before it acks or holds. */
    Scene firstOfAll(DeliveryHandler handler) {
        first = handler;
        return this;
    }

    // ---- what happens

    MikaTester tester() {
        return tester;
    }

    FakeKafka kafka() {
        return tester.kafka();
    }

    FakeGroup group() {
        return kafka().group(GROUP);
    }

    Scene publish(int count) {
        return publish(ORDERS, count);
    }

    Scene publish(TopicPartition partition, int count) {
        for (int i = 0; i < count; i++) {
            kafka().partition(partition).append("key", "value");
        }
        return this;
    }

    Scene idle() {
        tester.runUntilIdle();
        return this;
    }

    Scene advance(Duration time) {
        tester.advance(time);
        return this;
    }

    Scene seconds(long time) {
        return advance(Duration.ofSeconds(time));
    }

    /** The group throws every member out, as after a session time-out. */
    void loseMembership() {
        group().members().keySet().forEach(group()::expire);
    }

    // ---- what came of it

    /** Of a client that is closed by now. */
    CloseReport report() {
        assertThat(tester.closed()).isDone();
        return tester.closed().join();
    }

    List<Long> handed() {
        return handed(ORDERS);
    }

    List<Long> handed(TopicPartition partition) {
        return deliveries.stream()
                .map(Delivery::record)
                .filter(record -> record.partition() == partition.partition())
                .map(record -> record.offset())
                .toList();
    }

    /** The last delivery of this record. */
    Delivery delivery(long offset) {
        return delivery(ORDERS, offset);
    }

    Delivery delivery(TopicPartition partition, long offset) {
        return deliveries.stream()
                .filter(each -> each.record().partition() == partition.partition()
                        && each.record().offset() == offset)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new AssertionError("not delivered: " + partition + "@" + offset));
    }

    long committed() {
        return committed(ORDERS);
    }

    long committed(TopicPartition partition) {
        return group().committed(partition).map(OffsetAndMetadata::offset).orElse(-1L);
    }

    OffsetAndMetadata commit() {
        return group().committed(ORDERS).orElseThrow();
    }

    /** What the brokers took of this partition, in order. */
    List<Long> commits(TopicPartition partition) {
        return group().commits().stream()
                .filter(entry -> entry.partition().equals(partition))
                .map(entry -> entry.offset().offset())
                .toList();
    }
}
